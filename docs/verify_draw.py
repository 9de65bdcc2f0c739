"""Draws a published draw again, with Python's standard library alone.

    python verify_draw.py draw.json [ID of the message with the transcript]

Compare the two digests with those that were posted at the freezing and at the window's end. The
transcript has to be out long before the slow hash could be done; the message's ID says when it was.
"""

import hashlib
import json
import sys


def digest(value):
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def below(seed, k, total):
    attempt = 0
    while True:
        block = hashlib.sha256(seed + f"{k}:{attempt}".encode()).digest()
        number = int.from_bytes(block, "big")
        if number < 2**256 // total * total:
            return number % total
        attempt += 1


def draw(seed, entries, count):
    left, drawn = sorted(entries), []
    while left and len(drawn) < count:
        ticket, place = below(seed, len(drawn), sum(t for _, t in left)), 0
        while ticket >= left[place][1]:
            ticket -= left[place][1]
            place += 1
        drawn.append(left.pop(place)[0])
    return drawn


file = json.load(open(sys.argv[1], encoding="utf-8"))
rules, slow = file["rules"], file["rules"]["seed"]
frozen = digest({"draw": file["draw"], "rules": rules, "entries": file["entries"]})
parts = ["messages", "presses"] + ["window_ends"] * (file["version"] > 1)
transcript = digest({"frozen": frozen} | {part: file[part] for part in parts})
print(f"frozen     {frozen}\ntranscript {transcript}")
last = file.get("window_ends", 2**63) - 1420070400000  # an ID is a moment above 22 other bits
for posted in sys.argv[2:]:
    print("posted", ((int(posted) >> 22) - last) / 1000, "seconds after the window's end")
seed = transcript.encode()
for number in range(slow["rounds"]):
    seed = hashlib.pbkdf2_hmac("sha256", seed, b"riddles-draw-v1", slow["iterations"])
    print(f"\rhashing: {number + 1} of {slow['rounds']}", end="", file=sys.stderr)
print(file=sys.stderr)
prizes = sum(lot["count"] for lot in rules["lots"])
drawn = draw(seed, file["entries"], prizes + rules["alternates"])
told = [file["frozen"], file["transcript"], file["seed"], file["winners"], file["alternates"]]
found = [frozen, transcript, seed.hex(), drawn[:prizes], drawn[prizes:]]
enough = len(file["presses"]) >= slow["least_witnesses"] and max(file["presses"]) >> 22 < last
print("This is the draw that was drawn." if told == found and enough else "REJECTED: it differs.")
sys.exit(told != found or not enough)
