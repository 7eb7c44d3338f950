import { KernelsError } from './errors.ts'
import { simdSupported } from './features.ts'

const compiled = new Map<string, WebAssembly.Module>()

/**
 * Compiles a module of `src/generated` once per thread.
 *
 * @throws {KernelsError} `KERNELS_NO_SIMD` when the engine lacks WASM SIMD; use the plain twins there
 */
export function compileModule(base64: string): WebAssembly.Module {
  const known = compiled.get(base64)
  if (known !== undefined) return known
  if (!simdSupported()) {
    throw new KernelsError('KERNELS_NO_SIMD', 'this JavaScript engine has no WebAssembly SIMD', {
      remedy: 'use the plain kernels, or a newer engine',
    })
  }
  const module = new WebAssembly.Module(bytesOfBase64(base64))
  compiled.set(base64, module)
  return module
}

/** Node's own decoder, where there is one, takes a tenth of the time. */
const nodeBuffer = (
  globalThis as { Buffer?: { from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> } }
).Buffer

function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  if (nodeBuffer !== undefined) return nodeBuffer.from(base64, 'base64')
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
