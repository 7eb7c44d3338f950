export { type CsvReading, type CsvReadOptions, readCsvTable } from './csv/read.ts'
export { type CsvWriteOptions, writeCsvTable } from './csv/write.ts'
export {
  TABLE_ERRORS,
  TableError,
  type TableErrorCode,
  type TableWarning,
  type TableWarningCode,
} from './errors.ts'
export type { BarText, IpacColumnFormat, IpacTableFormat } from './ipac/layout.ts'
export { type PrintfFormat, padToWidth, parsePrintf, printfDigits } from './ipac/printf.ts'
export {
  type IpacFixedColumn,
  type IpacReading,
  type IpacReadOptions,
  readIpacTable,
} from './ipac/read.ts'
export { writeIpacTable } from './ipac/write.ts'
export {
  cellAt,
  columnRowCount,
  findColumn,
  isArrayColumn,
  isNullAt,
  numberColumn,
  tableColumn,
  tableKeyword,
  tableRow,
  tableRows,
  textColumn,
} from './model/access.ts'
export {
  type CellInput,
  type ColumnSpec,
  columnFromCells,
  commentNote,
  keywordNote,
  makeColumn,
  makeTable,
  type RowInput,
  selectColumns,
  selectRows,
  type TableOptions,
  tableFromRows,
} from './model/build.ts'
export type {
  AnyColumnValues,
  Cell,
  CellArray,
  Column,
  ColumnInfo,
  ColumnType,
  ColumnValues,
  Table,
  TableComment,
  TableKeyword,
  TableNote,
  TypedColumn,
} from './model/table.ts'
export {
  type MontageImageTableOptions,
  type MontageUserField,
  montageCorrectionTableFormat,
  montageDiffFitTableFormat,
  montageFitTableFormat,
  montageImageTableFormat,
  montageOverlapTableFormat,
  montageProjectionStatsColumns,
  montageProjectionStatsFormat,
} from './montage-formats.ts'
export type { VoSerialization, VoTableDocument, VoTableReadOptions } from './votable/document.ts'
export {
  readVoTable,
  readVoTableDocument,
  type VoTableReading,
  type VoTableSelection,
} from './votable/read.ts'
export { type VoTableWriteOptions, writeVoTable } from './votable/write.ts'
