#!/bin/sh
# Runs the compiler that its arguments name. What it says stays beside the object as OBJECT.log: each kernel's registers and spills, which
# test/simt/registers.mjs reads.
object='' before=''
for argument; do
  [ "$before" = -o ] && object=$argument
  before=$argument
done
"$@" 2> "$object.log" && exit
status=$?
cat "$object.log" >&2
exit $status
