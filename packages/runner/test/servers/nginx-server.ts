import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keptFolder } from '../../../../testing/folders.ts'
import { freePort } from './free-port.ts'
import { runningServer } from './running-server.ts'

/** Starts nginx with the files of `root` and the places of `locations`, for the tests of the file. @returns its address */
export async function nginxServer(root: string, locations: string): Promise<string> {
  const folder = keptFolder()
  const port = await freePort()
  mkdirSync(join(folder, 'tmp'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, 'tmp')};`)
    .join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${join(folder, 'nginx.pid')}; worker_processes 1; events { worker_connections 64; }
http { ${temporary} access_log off;
  server { listen 127.0.0.1:${port}; root ${root}; ${locations} } }
`,
  )
  await runningServer(
    [
      '/usr/sbin/nginx',
      '-p',
      `${folder}/`,
      '-e',
      join(folder, 'error.log'),
      '-c',
      join(folder, 'nginx.conf'),
    ],
    port,
  )
  return `http://127.0.0.1:${port}`
}
