import { type IpacColumnFormat, type IpacTableFormat, montageImageTableFormat } from '@skyloom/fits/tables'

/** Layout of a metadata table of header templates, as mHdrtbl writes it: that of mImgtbl without cubes, size and HDU. */
export function headerTableFormat(hasCorners: boolean): IpacTableFormat {
  const { columns = [], ...rest } = montageImageTableFormat({ hasCorners, hasCube: false })
  const own = columns
    .filter(({ name }) => name !== 'size' && name !== 'hdu')
    .map((column): IpacColumnFormat => changed(column, hasCorners))
  return { ...rest, columns: own }
}

function changed(column: IpacColumnFormat, hasCorners: boolean): IpacColumnFormat {
  const { name } = column
  switch (name) {
    case 'cdelt1':
    case 'cdelt2':
      return { name, format: ' %17.10e', header: `      ${name}     `, typeText: '      double     ' }
    case 'equinox':
      return hasCorners ? column : { ...column, typeText: '  double' }
    case 'fname':
      return {
        name,
        format: ' %-*s ',
        minWidth: 5,
        header: (width) => '  fname'.padEnd(width),
        typeText: (width) => '  char'.padEnd(width),
      }
    default:
      return column
  }
}
