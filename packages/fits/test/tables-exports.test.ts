import { expect, test } from 'vitest'
import * as tables from '../src/tables/index.ts'

test('the names that @skyloom/fits/tables exports', () => {
  expect(Object.keys(tables).sort()).toMatchInlineSnapshot(`
    [
      "TABLE_ERRORS",
      "TableError",
      "cellAt",
      "columnFromCells",
      "columnRowCount",
      "commentNote",
      "findColumn",
      "isArrayColumn",
      "isNullAt",
      "keywordNote",
      "makeColumn",
      "makeTable",
      "montageCorrectionTableFormat",
      "montageDiffFitTableFormat",
      "montageFitTableFormat",
      "montageImageTableFormat",
      "montageOverlapTableFormat",
      "montageProjectionStatsColumns",
      "montageProjectionStatsFormat",
      "numberColumn",
      "padToWidth",
      "parsePrintf",
      "printfDigits",
      "readCsvTable",
      "readIpacTable",
      "readVoTable",
      "readVoTableDocument",
      "selectColumns",
      "selectRows",
      "tableColumn",
      "tableFromRows",
      "tableKeyword",
      "tableRow",
      "tableRows",
      "textColumn",
      "writeCsvTable",
      "writeIpacTable",
      "writeVoTable",
    ]
  `)
})
