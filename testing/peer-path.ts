import { delimiter } from 'node:path'

// npm puts node_modules/.bin before everything else on the path, and with it our own mAdd, mImgtbl, ...; tests that compare with the
// programs of those names must find the real ones.
const folders = (process.env.PATH ?? '').split(delimiter)
process.env.PATH = folders.filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder)).join(delimiter)
