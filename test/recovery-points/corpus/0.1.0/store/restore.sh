#!/bin/sh
# Restores a recovery point with standard programs only: age, zstd, GNU tar, sha256sum, awk, sed and a POSIX shell.
# Run it where it lies, beside the data. It checks every hash and stops at the first fault.
#
#   sh restore.sh --asset NAME --point latest|ID --identity FILE --into DIR
#
# Ends with 0 when all is given back, 1 when something is bad, 2 when the call is wrong, 3 when all that the point
# holds is given back but some files were torn or missing when it was made (each is named).
set -u
LC_ALL=C
export LC_ALL
umask 077

usage() {
  echo 'usage: sh restore.sh --asset NAME --point latest|ID --identity FILE --into DIR' >&2
  exit 2
}

fail() {
  echo "restore.sh: $1" >&2
  [ -n "${work:-}" ] && [ -d "$work/tree" ] && echo "restore.sh: what was restored so far is in $work/tree and is NOT complete" >&2
  exit 1
}

refuse() {
  echo "restore.sh: $1" >&2
  exit 2
}

asset= point= identity= into=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --asset) asset=$2 ;;
    --point) point=$2 ;;
    --identity) identity=$2 ;;
    --into) into=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ -n "$asset" ] && [ -n "$point" ] && [ -n "$identity" ] && [ -n "$into" ] || usage

for program in age zstd tar sha256sum awk sed; do
  command -v "$program" >/dev/null 2>&1 || refuse "the program $program is needed and not installed"
done
[ -r "$identity" ] || refuse "the identity file $identity cannot be read"

# Where this script lies, and every path made absolute, so that the working folder does not matter.
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
here=$(cd "$here" && pwd) || refuse "the folder of this script cannot be entered"
case $identity in /*) ;; *) identity=$PWD/$identity ;; esac
case $into in /*) ;; *) into=$PWD/$into ;; esac
while [ "${into%/}" != "$into" ] && [ "$into" != / ]; do into=${into%/}; done
case $asset in '' | .* | */*) refuse "$asset is not the name of an asset" ;; esac

# 1. Find the point. A point exists once its head is there; names sort by time.
snapshots=$here/$asset/snapshots
if [ "$point" = latest ]; then
  point=
  for head in "$snapshots"/*/head.json; do
    [ -f "$head" ] || continue
    point=${head%/head.json}
    point=${point##*/}
  done
  [ -n "$point" ] || fail "there is no recovery point of $asset here"
fi
case $point in */*) refuse "$point is not the name of a point" ;; esac
head=$snapshots/$point/head.json
[ -f "$head" ] || fail "there is no recovery point $point of $asset here"
grep_line() { sed -n "s/^\"$1\":\"\\([^\"]*\\)\",\$/\\1/p" "$head"; }
[ "$(grep_line format)" = reprise-plain-packs-1 ] || fail "$head is damaged or of another format"
[ "$(grep_line asset)" = "$asset" ] || fail "$head is of another asset"
[ "$(grep_line point)" = "$point" ] || fail "$head is of another point"
[ "$(sed -n '$p' "$head")" = '}' ] || fail "$head is cut short"

# 2. A place to work in: beside the target, so that the finished tree only has to be renamed.
if [ -e "$into" ]; then
  rmdir "$into" 2>/dev/null || refuse "$into is not an absent or empty folder"
fi
work=$into.incomplete
mkdir -p "${into%/*}" 2>/dev/null
[ -e "$work" ] && refuse "$work is left from an earlier try: look at it, remove it, and start again"
mkdir "$work" || refuse "$work cannot be made"
mkdir "$work/tree" || fail "$work/tree cannot be made"

# 3. The manifest: its hash, then its opening.
sealed=$snapshots/$point/manifest.json.zst.age
[ -f "$sealed" ] || fail "the manifest $sealed is missing"
cited=$(sed -n 's/^"manifest":{"sha256":"\([0-9a-f]*\)",.*/\1/p' "$head")
[ -n "$cited" ] || fail "$head cites no manifest"
echo "$cited  $sealed" | sha256sum -c --status || fail "the manifest $sealed is damaged: its SHA-256 is not $cited"
age -d -i "$identity" -o "$work/manifest.zst" "$sealed" || fail "the identity does not open the manifest"
zstd -q -d -c "$work/manifest.zst" >"$work/manifest" || fail "the manifest $sealed cannot be decompressed"
sed -n "s/^\"pointId\":\"\\(.*\\)\",\$/\\1/p" "$work/manifest" >"$work/id"
[ "$(cat "$work/id")" = "$point" ] || fail "the manifest is of another point"
[ "$(sed -n 's/^"format":"\(.*\)",$/\1/p' "$work/manifest")" = reprise-manifest-1 ] || fail "the manifest is of another format"
[ "$(sed -n 's/^"base":\(.*\),$/\1/p' "$work/manifest")" = null ] || fail "the manifest needs another one, which this script does not know"

# 4. Every pack is there and hashes as the head says, before anything is written.
sed -n 's/^{"sha256":"\([0-9a-f]*\)","bytes":[0-9]*},\{0,1\}$/\1/p' "$head" >"$work/packs"
while read -r pack; do
  file=$here/$asset/packs/$pack.tar.zst.age
  [ -f "$file" ] || fail "the pack $file is missing"
  echo "$pack  $file" | sha256sum -c --status || fail "the pack $file is damaged: its SHA-256 is not its name"
done <"$work/packs"
sed -n 's/^{"run":\([0-9]*\),"sha256":"\([0-9a-f]*\)",.*/\1 \2/p' "$work/manifest" >"$work/runs"
sed 's/^[0-9]* //' "$work/runs" | cmp -s - "$work/packs" || fail "the manifest and $head cite different packs"
last=$(sed -n '$s/ .*//p' "$work/runs")

# 5. A point is made of one or more runs. Each run's packs in order are one tar stream; the last run's comes last. A shell
#    without pipefail hides a failure inside a pipe, so each leaves a mark. stream RUN ARGUMENTS-OF-TAR
set -- -x -p -f - --xattrs --xattrs-include='*' --warning=no-unknown-keyword --warning=no-timestamp
[ "$(id -u)" = 0 ] && set -- "$@" --numeric-owner --same-owner
stream() {
  run=$1
  shift
  sed -n "s/^$run //p" "$work/runs" >"$work/stream"
  {
    while read -r pack; do
      {
        age -d -i "$identity" "$here/$asset/packs/$pack.tar.zst.age" || echo "the pack $pack does not open" >>"$work/fault"
      } | zstd -q -d -c || echo "the pack $pack cannot be decompressed" >>"$work/fault"
      [ -e "$work/fault" ] && break
    done <"$work/stream"
  } | tar "$@" || echo "tar could not unpack it all" >>"$work/fault"
  [ -e "$work/fault" ] && fail "$(sed -n 1p "$work/fault")"
}

# Bytes of a name: %XX in the manifest. decode NAME sets $decoded.
decode() {
  rest=$1 decoded=
  while :; do
    case $rest in
      *%*)
        decoded=$decoded${rest%%"%"*}
        rest=${rest#*"%"}
        code=${rest%"${rest#??}"}
        rest=${rest#??}
        decoded=$decoded$(printf "\\$(printf '%o' "0x$code").")
        decoded=${decoded%.}
        ;;
      *) break ;;
    esac
  done
  decoded=$decoded$rest
}

# Members of a tar stream, named in $work/names, a line each, as printf %b reads them. members_into FOLDER RUN ARGUMENTS-OF-TAR
members_into() {
  while IFS= read -r name; do
    printf '%b\0' "$name"
  done <"$work/names" >"$work/members"
  folder=$1
  run=$2
  shift 2
  stream "$run" "$@" -C "$folder" --no-recursion --null -T "$work/members"
}

# What awk makes of an entry's line, shared by the programs below. escaped() writes a name as printf %b reads it.
entries='
  function text(key,  at, rest) {
    at = index(line, "\"" key "\":\"")
    if (!at) return ""
    rest = substr(line, at + length(key) + 4)
    return substr(rest, 1, index(rest, "\"") - 1)
  }
  function number(key,  at, rest) {
    at = index(line, "\"" key "\":")
    rest = substr(line, at + length(key) + 3)
    match(rest, /^-?[0-9]+/)
    return substr(rest, 1, RLENGTH)
  }
  function place(  at, rest) {
    at = index(line, "\"at\":[")
    if (!at) return ""
    rest = substr(line, at + 6)
    return substr(rest, 1, index(rest, "]") - 1)
  }
  function escaped(name,  out, i, c) {
    out = ""
    for (i = 1; i <= length(name); i++) {
      c = substr(name, i, 1)
      if (c == "%") {
        c = byte[substr(name, i + 1, 2)]
        i += 2
      } else if (c in high) c = high[c]
      out = out c
    }
    return out
  }
  BEGIN {
    for (i = 1; i < 256; i++) {
      shown = i > 31 && i < 127 && i != 92 ? sprintf("%c", i) : sprintf("\\0%03o", i)
      byte[sprintf("%02X", i)] = shown
      if (i > 126) high[sprintf("%c", i)] = shown
    }
  }
  { line = $0 }
'
sed -n 's/^{"run":\([0-9]*\),.*/\1/p' "$work/manifest" >"$work/run-of"
run=0
while [ "$run" -lt "$last" ]; do
  # Of an earlier run only the files that this point takes from it, in the order in which they lie there.
  awk "$entries"'
    FNR == 1 { part++ }
    part == 1 { run_of[FNR - 1] = $0; next }
    text("type") != "file" || place() == "" || text("copy") != "" { next }
    { split(place(), where, ",") }
    run_of[where[1]] == run { print escaped(text("path")) }
  ' run="$run" "$work/run-of" "$work/manifest" >"$work/names" || fail "awk could not read the manifest"
  [ -s "$work/names" ] && members_into "$work/tree" "$run" "$@" --same-order
  run=$((run + 1))
done
stream "$last" "$@" -C "$work/tree"

# Files whose content lies under another name: copied from there, or from a member of an earlier run that is gone by now.
tab=$(printf '\t')
awk "$entries"'
  FNR == 1 { part++ }
  part == 1 { run_of[FNR - 1] = $0; next }
  part == 2 { if (text("type") == "file" && text("copy") == "") live[place()] = text("path"); next }
  text("type") == "file" && text("copy") != "" {
    at = place()
    split(at, where, ",")
    ns = text("mtime")
    sign = sub(/^-/, "", ns) ? "-" : ""
    while (length(ns) < 10) ns = "0" ns
    time = sign substr(ns, 1, length(ns) - 9) "." substr(ns, length(ns) - 8)
    if (at in live) print "tree", live[at], text("path"), text("mode"), number("uid"), number("gid"), time
    else {
      print run_of[where[1]], text("copy"), text("path"), text("mode"), number("uid"), number("gid"), time
      if (!(at in asked)) print run_of[where[1]] "\t" escaped(text("copy")) > needed
      asked[at] = 1
    }
  }
' OFS='\t' needed="$work/needed" "$work/run-of" "$work/manifest" "$work/manifest" >"$work/copies" ||
  fail "awk could not read the manifest"
if [ -s "$work/needed" ]; then
  run=0
  while [ "$run" -le "$last" ]; do
    sed -n "s/^$run$tab\\(.*\\)/\\1/p" "$work/needed" >"$work/names"
    if [ -s "$work/names" ]; then
      mkdir "$work/run-$run" || fail "$work/run-$run cannot be made"
      members_into "$work/run-$run" "$run" "$@"
    fi
    run=$((run + 1))
  done
fi
while IFS=$tab read -r from name path mode uid gid time; do
  case $from in tree) from=$work/tree ;; *) from=$work/run-$from ;; esac
  decode "$name"
  source=$from/$decoded
  decode "$path"
  target=$work/tree/$decoded
  rm -f "$target"
  cp "$source" "$target" || fail "$target could not be copied from $source"
  [ "$(id -u)" = 0 ] && chown "$uid:$gid" "$target"
  chmod "$mode" "$target" && touch -m -d "@$time" "$target" || fail "$target could not be given its rights and time"
done <"$work/copies"
if [ -s "$work/copies" ]; then
  awk "$entries"'
    text("type") == "directory" && place() != "" {
      ns = text("mtime")
      sign = sub(/^-/, "", ns) ? "-" : ""
      while (length(ns) < 10) ns = "0" ns
      print text("path") "\t" sign substr(ns, 1, length(ns) - 9) "." substr(ns, length(ns) - 8)
    }
  ' "$work/manifest" >"$work/folders"
  while IFS=$tab read -r path time; do
    decode "$path"
    touch -m -d "@$time" "$work/tree/$decoded" || fail "$work/tree/$decoded could not be given its time"
  done <"$work/folders"
fi

# 6. Every file against its SHA-256 in the manifest. There, bytes that JSON or a shell could trip on are %XX. The list
#    that sha256sum reads wants a backslash before a line whose name has one, and doubled in the name.
hex='0 1 2 3 4 5 6 7 8 9 A B C D E F'
{
  # printf, since an echo of some shells takes backslashes for itself.
  printf '%s\n' '/%/!b' 's/%0A/\\n/g' 's/%5C/\\\\/g'
  for high in $hex; do
    for low in $hex; do
      case $high$low in 00 | 0A | 0D | 25 | 5C) continue ;; esac
      case $high in 2 | 3 | 4 | 5 | 6) [ "$high$low" = 22 ] || continue ;; 7) [ "$low" = F ] || continue ;; esac
      code=$(printf '%o' "0x$high$low")
      # In a replacement & stands for the match; none of these bytes is one.
      printf "s/%%$high$low/\\$code/g\\n"
    done
  done
  printf '%s\n' 's/%25/%/g'
} >"$work/decode"
sed -n 's/^{"path":"\([^"]*\)","type":"file","sha256":"\([0-9a-f]\{64\}\)",.*/\2 \1/p' "$work/manifest" >"$work/files"
sed -n -e '/%0D/!{' -e 's/^\([0-9a-f]*\) \(.*%0A.*\)$/\\\1  .\/\2/' -e 't put' -e 's/^\([0-9a-f]*\) \(.*%5C.*\)$/\\\1  .\/\2/' \
  -e 't put' -e 's/^\([0-9a-f]*\) /\1  .\//' -e ':put' -e 'p' -e '}' "$work/files" | sed -f "$work/decode" >"$work/sums"
if [ -s "$work/sums" ]; then
  (cd "$work/tree" && sha256sum -c --quiet --strict "$work/sums") >"$work/bad" 2>&1 ||
    fail "a restored file is not what the manifest says: $(sed -n 1p "$work/bad")"
fi
# Versions of sha256sum disagree about names with a carriage return; these few are looked at one by one.
sed -n '/%0D/p' "$work/files" >"$work/odd"
while IFS= read -r line; do
  sum=${line%% *}
  name=${line#* }
  decode "$name"
  found=$(sha256sum <"$work/tree/$decoded") || fail "the file $name was not restored"
  [ "${found%% *}" = "$sum" ] || fail "a restored file is not what the manifest says: $name"
done <"$work/odd"

# 7. The finished tree takes its place, and what the point itself lacks is named.
mv "$work/tree" "$into" || fail "the finished tree cannot be renamed to $into"
files=$(sed -n '$=' "$work/files")
for kind in torn vanished unreadable; do
  sed -n "s/^{\"path\":\"\([^\"]*\)\",.*\"reservation\":{\"kind\":\"$kind\",.*\"reason\":\"\([^\"]*\)\".*/$kind: \1 (\2)/p" \
    "$work/manifest"
done >"$work/reservations"
# What the source itself could not hand over, under names of its own: all on one line.
sed -n 's/^"sourceReservations":\[\(.*\)\],$/\1/p' "$work/manifest" | sed 's/},{"kind":"/}\
{"kind":"/g' | sed -n -e '/^{"kind":"skipped"/d' \
  -e 's/^{"kind":"\([a-z]*\)","path":"\(.*\)","code":".*,"reason":"\(.*\)"}$/\1: \2 (\3)/p' >>"$work/reservations"
echo "restored $point of $asset into $into: ${files:-0} files, every SHA-256 checked"
status=0
if [ -s "$work/reservations" ]; then
  echo 'these were not whole when the point was made:'
  cat "$work/reservations"
  status=3
fi
rm -r "$work" || exit 1
exit $status
