import { Container, Transformation, TransformationCatalog } from '@skyloom/workflow/api'
import { RecipeError } from '../errors.ts'

/** A container in which the modules of a workflow run. */
export interface ModuleContainer {
  /** Whatever Podman or Docker, Apptainer or Singularity, or bubblewrap runs. */
  readonly type: 'bubblewrap' | 'docker' | 'singularity'
  /** URL or absolute path: a file, a folder that ends with a slash, or an image of a registry. */
  readonly image: string
  /** Folder of the modules inside. */
  readonly commandsDir: string
  /** `/folder:/folder inside`, with `:ro` behind or not. */
  readonly mounts: readonly string[]
}

/** Name of the container in the catalog. */
const NAME = 'modules'

/**
 * Transformation catalog of modules that are installed on a site, or in a container that runs there.
 *
 * @param commandsDir their folder where they run without a container
 * @throws RecipeError `RECIPE_BAD_OPTION` for an image or mount that cannot be
 */
export function moduleCatalog(
  modules: readonly string[],
  site: string,
  commandsDir: string,
  container?: ModuleContainer,
): TransformationCatalog {
  const folder = container === undefined ? commandsDir : container.commandsDir
  const inside = container === undefined ? undefined : catalogContainer(container, site)
  const transformations = modules.map(
    (name) =>
      new Transformation(name, {
        site,
        pfn: `${folder}/${name}`,
        ...(inside === undefined ? {} : { container: inside }),
      }),
  )
  const catalog = new TransformationCatalog(...transformations)
  return inside === undefined ? catalog : catalog.addContainers(inside)
}

function catalogContainer({ type, image, mounts }: ModuleContainer, site: string): Container {
  const url = image.startsWith('/') ? `file://${image}` : image
  try {
    return new Container(NAME, type, url, {
      mounts,
      ...(url.startsWith('file:') ? { imageSite: site } : {}),
    })
  } catch (cause) {
    throw new RecipeError('RECIPE_BAD_OPTION', 'the container cannot be described', {
      where: ['--container', image],
      found: cause instanceof Error ? cause.message : String(cause),
      allowed: 'an absolute path, or a URL such as docker:///montage:6',
      cause,
    })
  }
}

/** How files reach programs in a container: those of Pegasus' kinds see only what is brought into their own folder. */
export function dataConfigurationFor(container: ModuleContainer | undefined): 'sharedfs' | 'nonsharedfs' {
  return container === undefined || container.type === 'bubblewrap' ? 'sharedfs' : 'nonsharedfs'
}
