#!/bin/sh
# Takes one lock or check away at a time, in a copy, and demands that the tests notice: sh tests/faults.sh
# Each fault: a name, the test that finds it, what it must say, a file, and what is replaced in it by what.
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$here/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
(cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$copy") || exit 1
cd "$copy/examples/postgres" || exit 1
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$here/target/faults}"
missed=0

fault() { # name, parts that must fail, then pairs of file and sed
    name=$1 parts=$2
    shift 2
    while [ $# -gt 0 ]; do
        sed -i "$2" "src/$1"
        cmp -s "src/$1" "$here/src/$1" && { echo "NOT APPLIED $name: $1"; missed=1; }
        shift 2
    done
    if ! cargo test -q --test kit --no-run >/dev/null 2>&1; then echo "DOES NOT BUILD $name"; missed=1; fi
    said=$(cargo test -q --test kit 2>&1)
    for part in $parts; do
        if echo "$said" | grep -q "^$part: "; then echo "found   $name: $part"; else echo "MISSED  $name: $part"; missed=1; fi
    done
    for file in "$here"/src/*; do cp "$file" src/; done
}

# Nobody locks anything, and the place of an entry is looked up when it is written: last write wins.
fault "no locks at all" "Signals Sending Dispatchers" \
    read.rs 's/ORDER BY id FOR UPDATE"/ORDER BY id"/; s/WHERE key = $1 FOR UPDATE"/WHERE key = $1"/; s/if want.event.is_some() {/if false {/' \
    write.rs 's/last.get(&contact).copied().unwrap_or(0)/all(database, "SELECT coalesce(max(place), 0) FROM entries WHERE contact = $1", \&[\&contact]).await?.first().map_or(Ok(0), |row| row.try_get(0))?.max(last.get(\&contact).copied().filter(|_| contacts.contains(\&contact)).unwrap_or(0_i64))/'
# A stop goes to those who have the key when it is read, and not under the key.
fault "copies to sharers" "Keys Newcomers" \
    write.rs 's/INSERT INTO under (key, act, line) VALUES ($1, $2, $3)/INSERT INTO under (key, act, line) SELECT contact || chr(10) || key, $2::text, $3::text FROM keys WHERE key = $1/' \
    read.rs 's/SELECT k.key FROM contacts me JOIN contacts c ON c.person = me.person JOIN keys k ON k.contact = c.id$/SELECT k.contact || chr(10) || k.key FROM contacts me JOIN contacts c ON c.person = me.person JOIN keys k ON k.contact = c.id/; s/SELECT key, line FROM under WHERE/SELECT substr(key, strpos(key, chr(10)) + 1), line FROM under WHERE/'
fault "keys are not held while sending" "Sending" read.rs 's/if want.event.is_some() {/if false {/'
exit $missed
