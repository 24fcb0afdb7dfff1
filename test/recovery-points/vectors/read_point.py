"""Reads one recovery point by jobs/recovery-points/FORMAT.md alone, and prints its tree as JSON. Shares nothing with the
program that wrote it: age, zstd and openssl are the distribution's, tar and JSON are Python's.

    python3 read_point.py STORE ASSET POINT IDENTITY SIGNING_PUB
"""

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile

store, asset, point, identity, signing_pub = sys.argv[1:]
PLAIN_PATH = re.compile(rb"(?!/)(?:(?!\.\.?(?:/|$))[^/\0]+(?:/|$))+(?<!/)")


def refuse(why):
    sys.exit(f"read_point.py: {why}")


def need(holds, why):
    if not holds:
        refuse(why)


def run(command, given=b""):
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE)
    need(done.returncode == 0, f"{command[0]} failed")
    return done.stdout


def read(key):
    with open(f"{store}/{asset}/{key}", "rb") as file:
        return file.read()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def opened(sealed):
    return run(["age", "-d", "-i", identity], sealed)


def decode(text):
    """%XX and UTF-8 back into bytes."""
    return re.sub(rb"%([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), text.encode())


# 1. The head: its signature before anything it says, then whose it is.
head_bytes = read(f"snapshots/{point}/head.json")
signature = read(f"snapshots/{point}/head.json.sig")
need(len(signature) == 64, "the signature is not 64 bytes")
with tempfile.NamedTemporaryFile() as sig, tempfile.NamedTemporaryFile() as signed:
    sig.write(signature)
    sig.flush()
    signed.write(head_bytes)
    signed.flush()
    run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", signing_pub, "-rawin", "-in", signed.name, "-sigfile", sig.name])
head = json.loads(head_bytes)
need(head["format"] == "reprise-plain-packs-1", "the head is of another format")
need((head["asset"], head["point"]) == (asset, point), "the head is of another point")

# 2. The manifest: its hash before it is opened, its frames by their index, then against the head.
sealed = read(f"snapshots/{point}/manifest.json.zst.age")
need((sha256(sealed), len(sealed)) == tuple(head["manifest"].values()), "the manifest is not the one cited")
compressed = opened(sealed)
need(compressed[:4] == bytes.fromhex("502a4d18"), "the manifest has no index")
index_end = 8 + int.from_bytes(compressed[4:8], "little")
text, at = b"", index_end
for length, plain_length in json.loads(compressed[8:index_end])["frames"]:
    plain = run(["zstd", "-q", "-d", "-c"], compressed[at : at + length])
    need(len(plain) == plain_length, "a frame of the manifest has another length")
    text, at = text + plain, at + length
need(at == len(compressed), "the manifest is longer than its frames")
manifest = json.loads(text)
need(manifest["format"] == "reprise-manifest-1", "the manifest is of another format")
need((manifest["asset"], manifest["pointId"]) == (asset, point), "the manifest is of another point")
need(manifest["base"] is None, "the manifest needs another")
need(len(manifest["runs"]) == head["runs"] and manifest["runs"][-1] == point, "the runs are others")
need(len(manifest["entries"]) == manifest["entryCount"] == head["entries"], "entries are missing")
packs = manifest["packs"]
need([[p["sha256"], p["bytes"]] for p in packs] == [list(p.values()) for p in head["packs"]], "the packs are others")

# 3. The packs: each one's hash, then its frames by their lengths. Those of a run in order are one tar stream.
streams = [b""] * len(manifest["runs"])
begins = []
for pack in packs:
    sealed = read(f"packs/{pack['sha256']}.tar.zst.age")
    need(sha256(sealed) == pack["sha256"], f"the pack {pack['sha256']} is damaged")
    compressed, plain = opened(sealed), b""
    at = 0
    for length, plain_length in pack["frames"]:
        frame = run(["zstd", "-q", "-d", "-c"], compressed[at : at + length])
        need(len(frame) == plain_length, "a frame has another length")
        plain, at = plain + frame, at + length
    need(at == len(compressed) and len(plain) == pack["plainBytes"], "a pack has another length")
    begins.append(len(streams[pack["run"]]))
    streams[pack["run"]] += plain
for stream in streams:
    need(len(stream) % 512 == 0 and stream.endswith(bytes(1024)), "a tar stream has no end")


# 4. Each entry against the member at its place.
def member_of(entry):
    pack, offset, span = entry["at"]
    begin = begins[pack] + offset
    stretch = streams[packs[pack]["run"]][begin : begin + span]
    need(len(stretch) == span and begin % 512 == 0 and span % 512 == 0, f"{entry['path']} has no sound place")
    tar = tarfile.open(fileobj=io.BytesIO(stretch + bytes(1024)), encoding="utf-8", errors="surrogateescape")
    members = tar.getmembers()
    need(len(members) == 1, f"{entry['path']} is not one member")
    return tar, members[0]


def nanoseconds(member):
    exact = member.pax_headers.get("mtime", str(int(member.mtime)))
    sign, whole, part = re.fullmatch(r"(-?)(\d+)(?:\.(\d{1,9}))?", exact).groups()
    return str(int(sign + whole + (part or "").ljust(9, "0")))


def attributes(member):
    prefix = "SCHILY.xattr."
    return {
        key[len(prefix) :].replace("%3D", "=").replace("%25", "%"): value.encode("utf-8", "surrogateescape")
        for key, value in member.pax_headers.items()
        if key.startswith(prefix)
    }


KINDS = {b"0": "file", b"1": "link", b"2": "symlink", b"3": "character", b"4": "block", b"5": "directory", b"6": "fifo"}
described, by_path, last = [], {}, None
for entry in manifest["entries"]:
    name = decode(entry["path"])
    order = b"" if name == b"." else name.replace(b"/", b"\0")
    need(name == b"." or PLAIN_PATH.fullmatch(name), f"{entry['path']} is an impossible path")
    need(last is None or last < order, f"{entry['path']} is out of order")
    last = order
    if "at" not in entry:
        need("reservation" in entry, f"{entry['path']} is neither stored nor said why")
        continue
    tar, member = member_of(entry)
    kind = entry["type"]
    is_copy = "copy" in entry
    held = decode(entry["copy"]) if is_copy else name
    need(member.name.encode("utf-8", "surrogateescape") == held, f"{entry['path']} is not the member there")
    type_flag = b"0" if member.issparse() else member.type
    need(KINDS[type_flag] == kind, f"{entry['path']} is of another kind")
    if not is_copy:
        need(f"{member.mode:04o}" == entry["mode"], f"{entry['path']} has another mode")
        need((member.uid, member.gid) == (entry["uid"], entry["gid"]), f"{entry['path']} has another owner")
        need(nanoseconds(member) == entry["mtime"], f"{entry['path']} has another time")
        listed = {decode(k).decode("utf-8", "surrogateescape"): base64.b64decode(v) for k, v in entry.get("xattrs", {}).items()}
        need(attributes(member) == listed, f"{entry['path']} has other attributes")
    if kind in ("link", "symlink"):
        need(member.linkname.encode("utf-8", "surrogateescape") == decode(entry["link"]), f"{entry['path']} points elsewhere")
    if kind == "link":
        result = {**by_path[entry["link"]], "path": entry["path"], "sameAs": entry["link"]}
        described.append(result)
        continue
    result = {"path": entry["path"], "type": kind, "mode": entry["mode"], "mtime": entry["mtime"]}
    if kind == "file":
        content = tar.extractfile(member).read()
        need(len(content) == entry["size"], f"{entry['path']} has another size")
        need(sha256(content) == entry["sha256"], f"{entry['path']} has another SHA-256")
        result |= {"size": entry["size"], "sha256": entry["sha256"]}
        if "sparse" in entry:
            result["hasHoles"] = True
    if kind == "symlink":
        result["target"] = entry["link"]
    if "xattrs" in entry:
        result["xattrs"] = entry["xattrs"]
    by_path[entry["path"]] = result
    described.append(result)
json.dump(described, sys.stdout)
