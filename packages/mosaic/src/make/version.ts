/** Name of the program, as products state it. */
export const PROGRAM = 'skyloom'
/** Version of all packages; a test holds it against package.json. */
export const VERSION = '0.1.0'
