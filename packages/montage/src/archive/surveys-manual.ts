import type { ManualSection } from '../command/manual.ts'

/** Where surveys and names of objects come from: part of the manual of every module that asks for them. */
export const SURVEYS_SECTION: ManualSection = {
  title: 'Surveys',
  rows: [
    [
      'SKYLOOM_SURVEYS',
      'Environment variable with the path of the survey registry; default `~/.config/skyloom/surveys.json`, and without that file the built-in surveys 2MASS (J H K) and WISE (1 2 3 4). The registry says for each band where its images are: a folder, a table service, a Simple Image Access service; see the page on Montage.',
    ],
    [
      'object|location',
      'Coordinates (`83.82 -5.39`, `5h35m17s -5d23m28s`, `209.0 -19.4 gal`, `83.2 -5.4 eq B1950`), or an object: Messier and well-known NGC and IC objects are bundled, others are asked for at the resolver of the registry. One argument, so quote blanks.',
    ],
  ],
}
