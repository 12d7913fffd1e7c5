#!/bin/sh
# Takes one check away at a time, in a copy, and demands that the tests notice: sh tests/faults.sh
# Each fault: a name, the test that finds it, what it must say, a file, and what is replaced in it by what.
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$here/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
(cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$copy") || exit 1
cd "$copy/examples/stream" || exit 1
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$here/target/faults}"
missed=0

fault() { # name, test, what it must say, file, sed
    sed -i "$5" "src/$4"
    cmp -s "src/$4" "$here/src/$4" && { echo "NOT APPLIED $1"; missed=1; }
    if ! cargo test -q --test "$2" --no-run >/dev/null 2>&1; then echo "DOES NOT BUILD $1"; missed=1; fi
    said=$(cargo test -q --test "$2" 2>&1)
    for what in $3; do
        if echo "$said" | grep -q "$what"; then echo "found   $1: $what"; else echo "MISSED  $1: $what"; missed=1; fi
    done
    cp "$here/src/$4" "src/$4"
}

fault "a line need not be the next one" kit "^Signals:" log.rs 's/\.expected_last_sequence(self\.at)//'
fault "nobody is held while a gateway takes an event" kit "^Sending: ^Dispatchers:" log.rs \
    's/if want.event.is_some() || want.reply.is_some() {/if false {/'
fault "keys are not held" kit "^Sending:" view.rs 's/ || !held.keys.is_disjoint(&line.keys);/;/'
fault "what was replaced is not deleted" kit "^Erasure:" log.rs 's/let _ = self.stream.delete_message(earlier).await;//'
fault "what others wrote is not looked for" log "whoever_comes_next_completes_a_forgetting" log.rs 's/true => self.is_current().await?,/true => true,/'
fault "who cannot be read is read all the same" kit "^Unreadable:" view.rs \
    's/self.broken.0.extend(line.of.iter().cloned());//'
fault "what cannot be read of a stop is not taken" story "what_cannot_be_taken" worker.rs \
    's/match rescue(kind, &message.payload, header(CONTACT), number) {/match rescue("", \&[], header(CONTACT), number) {/'
fault "an event need not be the next message" story "an_event_goes_out_as_the_next_message" log.rs \
    's/(self.names.subject_out(&event.contact()), event.written(message)?.header(LINE, text))/(self.names.subject_out(\&event.contact()), event.written(PublishMessage::build())?.header(LINE, text))/'
exit $missed
