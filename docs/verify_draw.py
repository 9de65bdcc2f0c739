"""Draws a published draw again, with Python's standard library alone.

    python verify_draw.py draw.json

Compare the two digests it prints with those that were posted at the freezing and at the end of
the witnesses' window. The slow hash takes minutes; that is what makes the draw fair.
"""

import hashlib
import json
import sys


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


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
frozen = {"draw": file["draw"], "rules": rules, "entries": file["entries"]}
frozen = hashlib.sha256(canonical(frozen)).hexdigest()
transcript = {"frozen": frozen, "messages": file["messages"], "presses": file["presses"]}
transcript = hashlib.sha256(canonical(transcript)).hexdigest()
print("frozen    ", frozen)
print("transcript", transcript)
seed = transcript.encode()
for number in range(slow["rounds"]):
    seed = hashlib.pbkdf2_hmac("sha256", seed, b"riddles-draw-v1", slow["iterations"])
    print(f"\rhashing: {number + 1} of {slow['rounds']}", end="", file=sys.stderr)
print(file=sys.stderr)
prizes = sum(lot["count"] for lot in rules["lots"])
drawn = draw(seed, file["entries"], prizes + rules["alternates"])
told = [file["frozen"], file["transcript"], file["seed"], file["winners"], file["alternates"]]
found = [frozen, transcript, seed.hex(), drawn[:prizes], drawn[prizes:]]
enough = len(file["presses"]) >= slow["least_witnesses"]
print("This is the draw that was drawn." if told == found and enough else "REJECTED: it differs.")
sys.exit(told != found or not enough)
