import { fileTransfer } from './file-transfer.ts'
import { httpTransfer } from './http-transfer.ts'
import { imageTransfer } from './image-transfer.ts'
import { s3Transfer } from './s3-transfer.ts'
import { sshTransfer } from './ssh-transfer.ts'
import type { Transfer } from './transfer.ts'

/** Ways of moving files that need no configuration: this machine, http(s), S3, scp and sftp, and images of containers from registries. */
export function standardTransfers(): readonly Transfer[] {
  return [fileTransfer, httpTransfer(), s3Transfer(), sshTransfer(), imageTransfer]
}
