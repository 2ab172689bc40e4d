#!/bin/sh
# Stands in for the openstack client: VMs are files in $CLOUD holding "host status", moves end after a few looks.
[ "$1" = --os-compute-api-version ] && shift 2
printf '%s\n' "$*" >>"$CLOUD/calls"
vm() { read -r host status <"$CLOUD/vm-$1"; }
put() { printf '%s %s\n' "$2" "$3" >"$CLOUD/vm-$1"; }
case "$1 $2 $3" in
  'compute service set') printf 'disabled up\n' >"$CLOUD/host-$7" ;;
  'compute service list') if [ -f "$CLOUD/host-$5" ]; then cat "$CLOUD/host-$5"; else echo 'enabled up'; fi ;;
  'server migration confirm') vm "$4" && put "$4" "$host" "$(cat "$CLOUD/was-$4")" ;;
  'server list --all-projects') for f in "$CLOUD"/vm-*; do
      read -r host status <"$f"
      if [ "$host" = "$5" ]; then printf '%s\n' "${f##*/vm-}"; fi
    done ;;
  'server stop '*) vm "$3" && put "$3" "$host" SHUTOFF ;;
  'server migrate '*)
    for last; do :; done
    vm "$last"
    [ -f "$CLOUD/refuse-$last" ] && exit 1
    printf '%s\n' "$status" >"$CLOUD/was-$last"
    case "$*" in
      *--live-migration*) printf '%s MIGRATING\n' "$5" ;;
      *) printf '%s RESIZE\n' "$4" ;;
    esac >"$CLOUD/going-$last"
    printf '2\n' >"$CLOUD/looks-$last"
    put "$last" "$host" "$(cut -d' ' -f2 "$CLOUD/going-$last")" ;;
  'server show '*)
    vm "$3"
    # Every second look is at the status: there a move under way comes nearer to its end.
    if [ "$7" = status ] && [ -f "$CLOUD/going-$3" ]; then
      looks=$(($(cat "$CLOUD/looks-$3") - 1))
      printf '%s\n' "$looks" >"$CLOUD/looks-$3"
      if [ "$looks" -le 0 ]; then
        read -r dest kind <"$CLOUD/going-$3"
        rm "$CLOUD/going-$3"
        if [ -f "$CLOUD/fail-$3" ]; then put "$3" "$host" "$(cat "$CLOUD/was-$3")"
        elif [ "$kind" = RESIZE ]; then put "$3" "$dest" VERIFY_RESIZE
        else put "$3" "$dest" "$(cat "$CLOUD/was-$3")"; fi
      fi
      vm "$3"
    fi
    if [ "$7" = status ]; then printf '%s\n' "$status"; else printf '%s\n' "$host"; fi ;;
  *) exit 64 ;;
esac
