/** Variables that programs inherit from the engine's environment; everything else is left out. */
const INHERITED =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|LD_LIBRARY_PATH|PYTHONPATH|PYTHONHOME|VIRTUAL_ENV|CONDA_PREFIX|OMP_NUM_THREADS|JAVA_HOME)$/

/** Variables by which an engine reaches schedulers and other places. */
const OF_ENGINES =
  /^(?:SLURM_CONF|CONDOR_CONFIG|_CONDOR_\w+|AWS_\w+|PEGASUS_CREDENTIALS|SSH_PRIVATE_KEY|SSH_AUTH_SOCK)$/

/** What the engine of a sub-workflow gets besides what programs get: schedulers and credentials are those of its parent. */
export function engineEnvironment(
  own: Readonly<Record<string, string | undefined>>,
): readonly (readonly [string, string])[] {
  return Object.entries(own).flatMap(([name, value]) =>
    value !== undefined && OF_ENGINES.test(name) ? [[name, value] as const] : [],
  )
}

/** Names of variables whose values are secrets. */
const SECRET =
  /(?:SECRET|TOKEN|PASS(?:WORD|WD|PHRASE)?|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|COOKIE|AUTH|SESSION)/i

/** What stands in a record for the value of a secret. */
export const HIDDEN_VALUE = '(not recorded)'

/**
 * The environment that all programs of a run get: an allowed list from the engine's own, so that a secret of the person who
 * runs the engine reaches no program unless the plan or `inherit` names it.
 */
export function programEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  inherit: readonly string[] = [],
): readonly (readonly [string, string])[] {
  const wanted = new Set(inherit)
  return Object.entries(own).flatMap(([name, value]) =>
    value !== undefined && (INHERITED.test(name) || wanted.has(name)) ? [[name, value] as const] : [],
  )
}

/** What a record says about variables that a plan sets: values of names that sound like secrets are left out. */
export function recordedEnvironment(
  environment: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  return environment.map(([name, value]) => [name, SECRET.test(name) ? HIDDEN_VALUE : value])
}
