import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DEFAULT_SURVEYS } from '../../archive/default-surveys.ts'
import { parseSurveyRegistry, type SurveyRegistry } from '../../archive/survey-registry.ts'
import { MosaicError } from '../../errors.ts'

/**
 * The survey registry: of the file given, else of the file that `SKYLOOM_SURVEYS` names, else `skyloom/surveys.json` in the folder of
 * settings (`XDG_CONFIG_HOME` or `~/.config`), else the built-in one. Folders in it start from the folder of the file.
 *
 * @throws MosaicError `MOSAIC_BAD_SURVEYS`
 */
export async function readSurveys(
  file?: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SurveyRegistry> {
  const settings = environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
  const standard = join(settings, 'skyloom', 'surveys.json')
  const path = file ?? environment['SKYLOOM_SURVEYS'] ?? (existsSync(standard) ? standard : undefined)
  if (path === undefined) return parseSurveyRegistry(DEFAULT_SURVEYS, 'built-in surveys')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new MosaicError('MOSAIC_BAD_SURVEYS', 'the survey registry cannot be read', {
      where: [path],
      remedy: 'check the path, or unset SKYLOOM_SURVEYS',
      cause,
    })
  })
  const registry = parseSurveyRegistry(text, path)
  const surveys = registry.surveys.map((survey) => ({
    ...survey,
    bands: survey.bands.map(({ name, service }) => ({
      name,
      service:
        service.kind === 'folder' ? { ...service, path: resolve(dirname(path), service.path) } : service,
    })),
  }))
  return { ...registry, surveys }
}
