// The part of every runbook that does not depend on the plan: checks, steps, waiting, stopping and resuming, in POSIX shell.

/**
 * Shell functions. A step is a function `step_N` that sets id, name, from, to, kind, after and limit (seconds). What has been
 * done is kept in $STATE, one line a change, so that running the script again goes on where it stopped.
 */
export const RUNBOOK_LIBRARY = String.raw`
say() { printf '%s\n' "$*"; }
stop_here() {
  say "STOPPED: $*" >&2
  say "Nothing more is started; moves under way go on in Nova. Mend it, then run this script again: it resumes." >&2
  exit 1
}
os() { "$OPENSTACK" --os-compute-api-version 2.56 "$@"; }
server() { os server show "$id" -f value -c "$1" || stop_here "openstack cannot show $name ($id)"; }
service() { os compute service list --host "$1" --service nova-compute -f value -c Status -c State; }
note() { printf '%s %s\n' "$1" "$2" >>"$STATE" || stop_here "cannot write $STATE"; }

# The states a step accepts before it starts.
startable() {
  case $kind:$1 in
    live:ACTIVE | live:PAUSED | cold:ACTIVE | cold:SHUTOFF | stop:ACTIVE) return 0 ;;
    *) return 1 ;;
  esac
}

# Before a step: the VM is where the plan says, fit to move, and the destination takes VMs.
pre_check() {
  host=$(server OS-EXT-SRV-ATTR:host) || exit 1
  status=$(server status) || exit 1
  [ "$host" = "$from" ] || stop_here "step $n: $name is on $host, the plan says $from"
  startable "$status" || stop_here "step $n: $name is $status, which cannot be moved ($kind)"
  [ "$kind" = stop ] || dest_check
}

dest_check() {
  found=$(service "$to") || stop_here "step $n: openstack cannot list the service of $to"
  [ "$found" = "enabled up" ] || stop_here "step $n: nova-compute on $to is '$found', not enabled and up"
}

act() {
  case $kind in
    live) os server migrate --live-migration --host "$to" "$id" ;;
    cold) os server migrate --host "$to" "$id" ;;
    stop) os server stop "$id" ;;
  esac
}

begin_step() {
  pre_check
  say "step $n: $kind $name $from -> $to"
  note started "$n"
  note "was-$status" "$n"
  act || stop_here "step $n: Nova refused to move $name"
  eval "state_$n=running was_$n=\$status polls_$n=0"
}

finish_step() {
  note 'done' "$n"
  eval "state_$n=done"
  say "step $n: done, $name on $host"
}

# After a step: the VM is where it should be, in the state it had. Anything else that is not "under way" stops the plan.
look_at_step() {
  status=$(server status) || exit 1 # first: a state that is final was final when the host is read
  host=$(server OS-EXT-SRV-ATTR:host) || exit 1
  eval "was=\$was_$n polls=\$polls_$n resumed=\$resumed_$n"
  case $status in
    MIGRATING | RESIZE) ;;
    VERIFY_RESIZE)
      [ "$host" = "$to" ] || stop_here "step $n: $name was resized onto $host, the plan says $to"
      os server migration confirm "$id" || stop_here "step $n: the cold move of $name could not be confirmed" ;;
    ERROR) stop_here "step $n: $name is in ERROR on $host; see openstack server show $id" ;;
    *)
      if [ "$kind" = stop ]; then
        if [ "$status" = SHUTOFF ]; then finish_step; return 0; fi
      elif [ "$host" = "$to" ]; then
        [ "$status" = "$was" ] || stop_here "step $n: $name is $status on $host, it was $was"
        finish_step
        return 0
      elif [ "$host" != "$from" ]; then
        stop_here "step $n: $name is on $host, neither $from nor $to"
      elif [ "$polls" -ge "$GRACE_POLLS" ]; then
        if [ "$resumed" = yes ]; then
          say "step $n: $name is still on $from, the step is tried again"
          eval "state_$n=waiting resumed_$n=no"
          return 0
        fi
        stop_here "step $n: $name is $status and still on $from: the move failed (openstack server migration list --server $id)"
      fi ;;
  esac
  polls=$((polls + 1))
  eval "polls_$n=\$polls"
  [ "$((polls * (POLL_S > 0 ? POLL_S : 1)))" -le "$limit" ] || stop_here "step $n: $name is not done after $limit s (predicted far less)"
}

is_ready() {
  for before in $after; do
    eval "before_state=\$state_$before"
    [ "$before_state" = 'done' ] || return 1
  done
}

resume() {
  [ -f "$STATE" ] || return 0
  read -r first <"$STATE" || true
  [ "$first" = "plan $PLAN" ] || stop_here "$STATE belongs to another plan ($first)"
  while read -r word n; do
    case $word in
      started) eval "state_$n=running resumed_$n=yes polls_$n=\$GRACE_POLLS" ;;
      was-*)
        was=\${word#was-}
        eval "was_$n=\$was" ;;
      done) eval "state_$n=done" ;;
    esac
  done <"$STATE"
  say "resuming from $STATE"
}

main() {
  if [ "\${1:-run}" = check ]; then
    seen=' '
    for n in $STEPS; do
      "step_$n"
      case $seen in
        *" $id "*)
          dest_check
          say "step $n: $name moves on from $from later; $to takes VMs" ;;
        *)
          pre_check
          say "step $n: $name can start" ;;
      esac
      seen="$seen$id "
    done
    exit 0
  fi
  for n in $STEPS; do eval "state_$n=waiting resumed_$n=no"; done
  resume
  [ -f "$STATE" ] || note plan "$PLAN"
  disable_hosts
  while :; do
    left=0
    for n in $STEPS; do
      "step_$n"
      eval "state=\$state_$n"
      case $state in
        running) left=1; look_at_step ;;
        waiting) left=1; if is_ready; then begin_step; fi ;;
      esac
    done
    [ "$left" = 1 ] || break
    sleep "$POLL_S"
  done
  last_check
  say "done: every step of the plan is done"
}
`.replaceAll('\\${', '${');
