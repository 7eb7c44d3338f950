/** Name of the library in the directory of the run. */
export const NODE_LIBRARY = 'skyloom-node.sh'

/**
 * Shell functions that the scripts of all jobs share: they move, check and remove files and record invocations. POSIX
 * sh with the usual small tools, so that worker nodes need nothing installed. Names reach them as quoted arguments:
 * blanks, commas, quotes and leading dashes are safe.
 */
export const NODE_LIBRARY_TEXT: string = String.raw`# Functions of the job scripts of a run. Read by them, not run by itself. POSIX sh.
# Messages go to standard error; records of invocations go to standard output as YAML.

sky_code=0
sky_temporary=
sky_known=
sky_work=
sky_child=
PATH=${'$'}{PATH:-/usr/local/bin:/usr/bin:/bin}
export PATH

sky_say() { printf 'skyloom: %s\n' "$*" >&2; }

# First failure decides the exit code of the job.
sky_failed() { sky_say "failed: $*"; [ "$sky_code" -ne 0 ] || sky_code=1; return 1; }

# Time in UTC, with milliseconds where date can tell them.
sky_clock() {
  printf '%sZ' "$(date -u +%Y-%m-%dT%H:%M:%S.%N | sed 's/[^0-9T:.-]//g; s/\(\.[0-9][0-9][0-9]\).*/\1/; s/\.$//')"
}

# Seconds since 1970, with a fraction where date can tell one.
sky_seconds() { date +%s.%N | sed 's/[^0-9.]//g; s/\.$//'; }

sky_since() { awk -v a="$1" -v b="$(sky_seconds)" 'BEGIN { printf "%.3f", b - a }'; }

# A text as YAML (and JSON) string.
sky_string() {
  printf '"'
  printf '%s' "$1" | tr -d '\000-\010\013\014\016-\037' | sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g' |
    awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'
  printf '"'
}

sky_sha256() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -d' ' -f1
  else shasum -a 256 <"$1" | cut -d' ' -f1; fi
}

# sky_know FILE NAME [SHA256]: remembers size and checksum of a file for the next record.
sky_know() {
  [ -f "$1" ] && [ "${'$'}{sky_integrity:-full}" != none ] || return 0
  [ -n "$sky_known" ] || sky_known=$(mktemp "${'$'}{TMPDIR:-/tmp}/sky.XXXXXX") || return 0
  printf '%s %s %s\n' "$(wc -c <"$1" | tr -d ' ')" "${'$'}{3:-$(sky_sha256 "$1")}" "$2" >>"$sky_known"
}

# sky_inputs NAME...: the inputs of the job, for the record of its first task.
sky_inputs() { for sky_file in "$@"; do sky_know "$sky_file" "$sky_file"; done; }

# Temporary directory of the job; removed at its end.
sky_workdir() {
  sky_temporary=$(mktemp -d "$1/sky.XXXXXX") || { sky_failed "no work directory below $1"; sky_end; }
  cd "$sky_temporary" || sky_end
}

# Ends the job: says how it went and leaves nothing behind.
sky_end() {
  trap - EXIT
  if [ -n "$sky_work" ]; then sky_work_record; fi
  if [ -n "$sky_known" ]; then rm -f -- "$sky_known"; fi
  if [ -n "$sky_temporary" ]; then cd / && rm -rf -- "$sky_temporary"; fi
  printf 'skyloom: exitcode %s\n' "$sky_code" >&2
  exit "$sky_code"
}
# Told to stop: so is the program that runs, for which the shell would else wait.
sky_stop() {
  sky_failed "stopped by a signal"
  if [ -n "$sky_child" ]; then kill "$sky_child" 2>/dev/null; wait "$sky_child"; fi
  sky_code=143
  sky_end
}
trap sky_stop INT TERM
trap sky_end EXIT

# Path of a file URL.
sky_path() {
  case $1 in
  file://localhost/*) printf '%s' "/$(printf '%s' "$1" | cut -c18-)" ;;
  file://*) printf '%s' "$1" | cut -c8- ;;
  file:*) printf '%s' "$1" | cut -c6- ;;
  *) printf '%s' "$1" ;;
  esac
}

sky_is_file() { case $1 in /* | file:*) return 0 ;; *) return 1 ;; esac; }

# user@host[:port]/path of an scp URL into sky_host, sky_port, sky_remote.
sky_split_scp() {
  sky_rest=$(printf '%s' "$1" | sed 's,^[a-z]*://,,')
  sky_remote=/$(printf '%s' "$sky_rest" | cut -d/ -f2-)
  sky_host=$(printf '%s' "$sky_rest" | cut -d/ -f1)
  sky_port=22
  case $sky_host in *:*) sky_port=$(printf '%s' "$sky_host" | sed 's/.*://'); sky_host=$(printf '%s' "$sky_host" | sed 's/:[0-9]*$//') ;; esac
}

sky_apptainer() { "$(command -v apptainer || command -v singularity || echo apptainer)" "$@"; }

# sky_bwrap TREE OPTIONS PROGRAM...: runs a program in a root tree, a folder or an archive that is unpacked for it.
sky_bwrap() {
  sky_tree=$1 sky_unpacked= sky_bind=--ro-bind
  shift
  if [ ! -d "$sky_tree" ]; then
    sky_unpacked=$(mktemp -d "${'$'}{TMPDIR:-/tmp}/sky-tree.XXXXXX") || return 1
    tar -xf "$sky_tree" -C "$sky_unpacked" --exclude='./dev/*' --exclude='dev/*' || return 1
    sky_tree=$sky_unpacked sky_bind=--bind
  fi
  bwrap --die-with-parent "$sky_bind" "$sky_tree" / "$@"
  sky_status=$?
  [ -z "$sky_unpacked" ] || rm -rf -- "$sky_unpacked"
  return "$sky_status"
}

sky_docker() { "$(command -v podman || command -v docker || echo docker)" "$@"; }

# sky_docker_run OPTIONS IMAGE PROGRAM...: runs a program as the user of this job by Podman, else Docker.
sky_docker_run() {
  if ! command -v podman >/dev/null 2>&1; then docker run --rm -i -u "$(id -u):$(id -g)" "$@"
  elif [ "$(id -u)" = 0 ]; then podman run --rm -i --security-opt label=disable -u "0:$(id -g)" "$@"
  else podman run --rm -i --security-opt label=disable --userns=keep-id "$@"; fi
}

# Name of the image in a file that docker save wrote.
sky_docker_load() { sky_docker load -i "$1" | sed -n 's/^Loaded image[^:]*: *//p' | head -n 1; }

# sky_fetch DEST URL: one attempt to get a file.
sky_fetch() {
  case $2 in
  /* | file:*) cp -p -- "$(sky_path "$2")" "$1" ;;
  http:* | https:* | ftp:*)
    if command -v curl >/dev/null 2>&1; then curl -fsSL --retry 2 -o "$1" -- "$2"
    else wget -q -O "$1" -- "$2"; fi ;;
  scp:* | sftp:*) sky_split_scp "$2"; scp -q -B -P "$sky_port" -- "$sky_host:$sky_remote" "$1" ;;
  s3:*) aws s3 cp --only-show-errors -- "$2" "$1" ;;
  docker:*)
    sky_image=$(printf '%s' "$2" | sed 's,^docker:/*,,')
    if [ "$sky_mode" = sif ]; then sky_apptainer pull "$1" "docker://$sky_image" >&2
    else sky_docker pull -q "$sky_image" >&2 && sky_docker save -o "$1" "$sky_image"; fi ;;
  shub:* | library:* | oras:*) sky_apptainer pull "$1" "$2" >&2 ;;
  shifter:*)
    # Shifter keeps images itself; the file only says which.
    sky_image=$(printf '%s' "$2" | sed 's,^shifter:/*,,')
    if command -v shifterimg >/dev/null 2>&1; then shifterimg pull "$sky_image" >&2 || return 1; fi
    printf '%s' "$sky_image" >"$1" ;;
  *) sky_say "no way to get $2"; return 1 ;;
  esac
}

# sky_get DEST MODE SHA256 URL...: gets a file from the first place that has it, in three rounds with pauses.
# MODE copy, link, or sif (an image for Singularity); SHA256 or -.
sky_get() {
  sky_dest=$1 sky_mode=$2 sky_sum=$3
  shift 3
  mkdir -p -- "$(dirname -- "$sky_dest")" || return 1
  for sky_try in 1 2 3; do
    for sky_url in "$@"; do
      if [ "$sky_mode" = link ] && sky_is_file "$sky_url"; then
        [ -e "$(sky_path "$sky_url")" ] && ln -sfn -- "$(sky_path "$sky_url")" "$sky_dest" && return 0
        continue
      fi
      if sky_fetch "$sky_dest.part" "$sky_url"; then
        if [ "$sky_sum" = - ] || [ "$(sky_sha256 "$sky_dest.part")" = "$sky_sum" ]; then
          mv -f -- "$sky_dest.part" "$sky_dest" && return 0
        else sky_say "checksum of $sky_url is not $sky_sum"; fi
      fi
      rm -f -- "$sky_dest.part"
    done
    [ "$sky_try" = 3 ] || sleep $((sky_try * ${'$'}{SKYLOOM_RETRY_SECONDS:-2}))
  done
  sky_failed "could not get $sky_dest from any of: $*"
}

# sky_put SOURCE URL: brings a file to its place; it appears there under its name when it is complete.
sky_put() {
  case $2 in
  /* | file:*)
    sky_target=$(sky_path "$2")
    mkdir -p -- "$(dirname -- "$sky_target")" && cp -p -- "$1" "$sky_target.part.$$" &&
      cmp -s -- "$1" "$sky_target.part.$$" && mv -f -- "$sky_target.part.$$" "$sky_target" ;;
  scp:* | sftp:*)
    sky_split_scp "$2"
    sky_quoted=$(printf '%s' "$sky_remote" | sed "s/'/'\\\\''/g")
    ssh -o BatchMode=yes -p "$sky_port" -- "$sky_host" "mkdir -p -- \"\$(dirname -- '$sky_quoted')\"" &&
      scp -q -B -P "$sky_port" -- "$1" "$sky_host:$sky_remote.part" &&
      ssh -o BatchMode=yes -p "$sky_port" -- "$sky_host" "mv -f -- '$sky_quoted.part' '$sky_quoted'" ;;
  http:* | https:*) curl -fsS --retry 2 -T "$1" -- "$2" >/dev/null ;;
  s3:*) aws s3 cp --only-show-errors -- "$1" "$2" ;;
  *) sky_say "no way to put $2"; return 1 ;;
  esac || sky_failed "could not bring $1 to $2"
}

# sky_copy DEST_URL MODE SHA256 URL...: from place to place.
sky_copy() {
  sky_to=$1
  shift
  if sky_is_file "$sky_to"; then
    sky_get "$(sky_path "$sky_to")" "$@" && sky_know "$(sky_path "$sky_to")" "$sky_to"
    return
  fi
  sky_middle=$(mktemp "${'$'}{TMPDIR:-/tmp}/sky.XXXXXX") || return 1
  sky_get "$sky_middle" "$@" && sky_put "$sky_middle" "$sky_to" && sky_know "$sky_middle" "$sky_to"
  sky_result=$?
  rm -f -- "$sky_middle"
  return "$sky_result"
}

sky_mkdir() {
  if sky_is_file "$1"; then mkdir -p -- "$(sky_path "$1")"
  else
    case $1 in
    scp:* | sftp:*)
      sky_split_scp "$1"
      ssh -o BatchMode=yes -p "$sky_port" -- "$sky_host" "mkdir -p -- '$(printf '%s' "$sky_remote" | sed "s/'/'\\\\''/g")'" ;;
    *) return 0 ;; # object stores and web servers have no directories
    esac
  fi || sky_failed "could not make $1"
}

# sky_remove URL file|tree
sky_remove() {
  if sky_is_file "$1"; then
    if [ "$2" = tree ]; then rm -rf -- "$(sky_path "$1")"; else rm -f -- "$(sky_path "$1")"; fi
  else
    case $1 in
    scp:* | sftp:*)
      sky_split_scp "$1"
      ssh -o BatchMode=yes -p "$sky_port" -- "$sky_host" "rm -rf -- '$(printf '%s' "$sky_remote" | sed "s/'/'\\\\''/g")'" ;;
    s3:*) if [ "$2" = tree ]; then aws s3 rm --only-show-errors --recursive -- "$1"; else aws s3 rm --only-show-errors -- "$1"; fi ;;
    *) sky_say "no way to remove $1"; return 1 ;;
    esac
  fi || sky_failed "could not remove $1"
}

sky_chmod() { chmod +x -- "$(sky_path "$1")" || sky_failed "could not make $1 executable"; }

# sky_check FILE SHA256: an input is what it should be.
sky_check() {
  [ "$(sky_sha256 "$1")" = "$2" ] || sky_failed "checksum of $1 is not $2"
}

# sky_register CATALOG LFN URL SITE: adds a line to a replica catalog in text form.
sky_register() {
  {
    sky_string "$2"
    printf ' '
    sky_string "$3"
    printf ' site='
    sky_string "$4"
    printf '\n'
  } >>"$1" || sky_failed "could not register $2"
  if sky_is_file "$3"; then sky_know "$(sky_path "$3")" "$3"; fi
}

# sky_place_input NAME: HTCondor puts files side by side; one with a directory in its name moves there.
sky_place_input() {
  [ -e "$1" ] || { mkdir -p -- "$(dirname -- "$1")" && mv -- "$(basename -- "$1")" "$1"; } ||
    sky_failed "input $1 did not arrive"
}

# sky_empty NAME...: after a failure, stands in for outputs that were not written. HTCondor would put the job on hold
# for want of them and hide why it failed.
sky_empty() {
  for sky_file in "$@"; do
    [ -e "$sky_file" ] || { mkdir -p -- "$(dirname -- "$sky_file")" && : >"$sky_file"; }
  done
}

# Longest output of a task that is kept in its record, bytes.
sky_keep=65536

sky_record_stream() { # NAME FILE
  printf '    %s:\n      data_truncated: %s\n      data: ' "$1" "$([ "$(wc -c <"$2")" -gt "$sky_keep" ] && echo true || echo false)"
  sky_string "$(tail -c "$sky_keep" <"$2")"
  printf '\n'
}

# CPU seconds of ended children, "user system", from the output of times.
sky_cpu() {
  awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); printf "%s%.3f", (i > 1 ? " " : ""), t[1] * 60 + t[2] } }' "$1"
}

# sky_task TRANSFORMATION ID SITE STDIN STDOUT STDERR OUTPUTS [OUTPUT...] COMMAND [ARGUMENT...]
# Runs a task and prints its record. A redirection of - is none; OUTPUTS is the number of output files named.
sky_task() {
  sky_name=$1 sky_id=$2 sky_site=$3 sky_in=$4 sky_out=$5 sky_err=$6 sky_count=$7
  shift 7
  sky_log=$(mktemp -d "${'$'}{TMPDIR:-/tmp}/sky.XXXXXX") || { sky_failed 'no temporary directory'; return 1; }
  sky_files=$sky_log/files
  : >"$sky_files"
  while [ "$sky_count" -gt 0 ]; do
    printf '%s\n' "$1" >>"$sky_files"
    shift
    sky_count=$((sky_count - 1))
  done
  sky_stdin=/dev/null sky_stdout=$sky_log/out sky_stderr=$sky_log/err
  [ "$sky_in" = - ] || sky_stdin=$sky_in
  [ "$sky_out" = - ] || sky_stdout=$sky_out
  [ "$sky_err" = - ] || sky_stderr=$sky_err
  sky_start=$(sky_clock)
  sky_begin=$(sky_seconds)
  times >"$sky_log/before"
  "$@" <"$sky_stdin" >"$sky_stdout" 2>"$sky_stderr" &
  sky_child=$!
  wait "$sky_child"
  sky_exit=$?
  sky_child=
  times >"$sky_log/after"
  sky_took=$(sky_since "$sky_begin")
  sky_print_record "$@"
  [ "$sky_err" != - ] || cat "$sky_stderr" >&2
  rm -rf -- "$sky_log"
  [ "$sky_exit" -eq 0 ] || sky_failed "task $sky_id ended with exit code $sky_exit"
}

# sky_record_head NAME ID SITE START SECONDS: the record up to its main program.
sky_record_head() {
  printf -- '- invocation: True\n  version: 3.0\n  start: %s\n  duration: %s\n' "$4" "$5"
  printf '  transformation: '; sky_string "$1"
  printf '\n  derivation: '; sky_string "$2"
  printf '\n  resource: '; sky_string "$3"
  printf '\n  wf-label: '; sky_string "${'$'}{PEGASUS_WF_LABEL:-}"
  printf '\n  hostname: '; sky_string "$(uname -n)"
  printf '\n  pid: %s\n  uid: %s\n  user: %s\n  cwd: ' "$$" "$(id -u)" "$(id -un 2>/dev/null || id -u)"
  sky_string "$PWD"
  printf '\n  machine:\n    uname_system: '; sky_string "$(uname -s | tr 'A-Z' 'a-z')"
  printf '\n    uname_release: '; sky_string "$(uname -r)"
  printf '\n    uname_machine: '; sky_string "$(uname -m)"
  printf '\n  mainjob:\n    start: %s\n    duration: %s\n' "$4" "$5"
}

# sky_record_status CODE: how the main program ended.
sky_record_status() {
  if [ "$1" -gt 128 ]; then printf '    status:\n      raw: %s\n      signalled: %s\n' "$(($1 - 128))" "$(($1 - 128))"
  else printf '    status:\n      raw: %s\n      regular_exitcode: %s\n' "$(($1 * 256))" "$1"; fi
}

# The files that were remembered; the next record does not have them again.
sky_record_known() {
  [ -n "$sky_known" ] || return 0
  while read -r sky_size sky_hash sky_file; do
    printf '    '; sky_string "$sky_file"
    printf ':\n      lfn: '; sky_string "$sky_file"
    printf '\n      size: %s\n      sha256: %s\n' "$sky_size" "$sky_hash"
  done <"$sky_known"
  rm -f -- "$sky_known"
  sky_known=
}

# sky_begin_work NAME SITE: a script that moves, registers or removes files; its record is printed at its end.
sky_begin_work() {
  sky_work=$1 sky_site=$2
  sky_work_start=$(sky_clock)
  sky_work_began=$(sky_seconds)
}

sky_work_record() {
  sky_record_head "$sky_work" null "$sky_site" "$sky_work_start" "$(sky_since "$sky_work_began")"
  sky_record_status "$sky_code"
  printf '    executable:\n      file_name: '; sky_string "$0"
  printf '\n    argument_vector: []\n  files:\n    stdin:\n      descriptor: 0\n'
  sky_record_known
}

sky_print_record() {
  sky_record_head "$sky_name" "$sky_id" "$sky_site" "$sky_start" "$sky_took"
  printf '%s %s\n' "$(sky_cpu "$sky_log/before")" "$(sky_cpu "$sky_log/after")" |
    awk '{ printf "    usage:\n      utime: %.3f\n      stime: %.3f\n", $3 - $1, $4 - $2 }'
  sky_record_status "$sky_exit"
  printf '    executable:\n      file_name: '; sky_string "$1"
  sky_program=$(command -v -- "$1") || sky_program=
  if [ -f "$sky_program" ] && [ "${'$'}{sky_integrity:-full}" != none ]; then
    printf '\n      sha256: %s' "$(sky_sha256 "$sky_program")"
  fi
  printf '\n    argument_vector:\n'
  shift
  for sky_argument in "$@"; do printf '      - '; sky_string "$sky_argument"; printf '\n'; done
  printf '  files:\n'
  sky_record_known
  while IFS= read -r sky_file; do
    [ -f "$sky_file" ] || continue
    printf '    '; sky_string "$sky_file"
    printf ':\n      lfn: '; sky_string "$sky_file"
    printf '\n      output: True\n      size: %s\n' "$(wc -c <"$sky_file" | tr -d ' ')"
    [ "${'$'}{sky_integrity:-full}" = none ] || printf '      sha256: %s\n' "$(sky_sha256 "$sky_file")"
  done <"$sky_files"
  [ "$sky_out" != - ] || sky_record_stream stdout "$sky_stdout"
  [ "$sky_err" != - ] || sky_record_stream stderr "$sky_stderr"
}
`
