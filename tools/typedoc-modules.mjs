// Plugin of typedoc: modules of the API reference are called as they are imported and say what their package is for;
// a sub-path that a package exports and the reference lacks is an error, and so is an exported name without a doc comment.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Comment, Converter, ReflectionKind } from 'typedoc'

/** Called by typedoc. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const modules = new Map(
      project.getReflectionsByKind(ReflectionKind.Module).map((module) => [module.name, module]),
    )
    for (const { name, description, source } of exportedModules()) {
      const module = modules.get(source)
      if (module === undefined) {
        app.logger.error(`${name} is exported and not in the entry points of typedoc.json`)
        continue
      }
      module.name = name
      module.comment ??= new Comment([{ kind: 'text', text: `${description}.` }])
    }
  })
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      for (const child of module.children ?? []) {
        const described = [child, ...(child.signatures ?? [])].some((reflection) => reflection.hasComment())
        if (!described && !child.isReference()) app.logger.error(`${child.getFullName()} has no doc comment`)
      }
    }
  })
}

/** Every module that a package exports: its name and its folder as typedoc calls it, such as `fits/src/node`. */
function exportedModules() {
  return readdirSync('packages').flatMap((folder) => {
    const { name, description, exports } = JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8'))
    return Object.keys(exports ?? {})
      .map((path) => path.replace(/^\.\/?/, ''))
      .filter((path) => existsSync(`packages/${folder}/src/${path}/index.ts`))
      .map((path) => ({
        name: [name, path].filter(Boolean).join('/'),
        description,
        source: [folder, 'src', path].filter(Boolean).join('/'),
      }))
  })
}
