/** Longitude in hours, minutes and seconds of time; parts that are zero at the end are left out: `5h 34m 08s`, `10h`. */
export function hoursLabel(lonDeg: number, spacingDeg: number): string {
  return sexagesimal(wrapped(lonDeg) / 15, spacingDeg / 15, ['h', 'm', 's'], 24)
}

/** Longitude in degrees: `150d`, `150d 30m`. */
export function degreesLabel(lonDeg: number, spacingDeg: number): string {
  return sexagesimal(wrapped(lonDeg), spacingDeg, ['d', 'm', 's'], 360)
}

/** Latitude with its sign: `+20d 00m 30s`, `-5d 25m`, `0d`. */
export function latitudeLabel(latDeg: number, spacingDeg: number): string {
  const text = sexagesimal(Math.abs(latDeg), spacingDeg, ['d', 'm', 's'], Infinity)
  return text === '0d' ? text : `${latDeg < 0 ? '-' : '+'}${text}`
}

function wrapped(lonDeg: number): number {
  return ((lonDeg % 360) + 360) % 360
}

/** @param circle units after which counting begins again */
function sexagesimal(
  value: number,
  spacing: number,
  units: readonly [string, string, string],
  circle: number,
): string {
  const decimals = secondDecimals(spacing * 3600)
  const scale = 10 ** decimals
  const ticks = Math.round(value * 3600 * scale)
  const seconds = (ticks % (60 * scale)) / scale
  const minutes = Math.floor(ticks / (60 * scale)) % 60
  const whole = Math.floor(ticks / (3600 * scale)) % circle
  const width = decimals === 0 ? 2 : 3 + decimals
  const parts = [`${whole}${units[0]}`]
  if (minutes !== 0 || seconds !== 0) parts.push(`${String(minutes).padStart(2, '0')}${units[1]}`)
  if (seconds !== 0) parts.push(`${seconds.toFixed(decimals).padStart(width, '0')}${units[2]}`)
  return parts.join(' ')
}

/** Decimals on which all lines lie; where there are none (a third of a second), as many as tell neighbours apart. */
function secondDecimals(spacingSeconds: number): number {
  for (let decimals = 0; decimals <= MAX_EXACT_DECIMALS; decimals++) {
    const ticks = spacingSeconds * 10 ** decimals
    if (ticks > 0.5 && Math.abs(ticks - Math.round(ticks)) < 1e-6) return decimals
  }
  return Math.max(1, Math.ceil(1 - Math.log10(spacingSeconds)))
}

const MAX_EXACT_DECIMALS = 3
