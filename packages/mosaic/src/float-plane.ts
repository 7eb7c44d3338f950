/** Pixels of an image as float64, row-major, NaN without data. The classic modules compute in this precision. */
export interface FloatPlane {
  readonly width: number
  readonly height: number
  readonly data: Float64Array
}
