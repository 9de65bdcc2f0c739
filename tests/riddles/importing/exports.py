"""Small files in the shapes that bots and platforms hand out."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

ALICE, BOB, CAROL = 259627944538177536, 300302688346832897, 1029384756102938475

MEE6: dict[str, Any] = {
    "admin": False,
    "banner_url": None,
    "guild": {"icon": "d25e", "id": "446075987680165888", "name": "Helios", "premium": False},
    "page": 0,
    "player": None,
    "players": [
        {
            "avatar": "e237",
            "detailed_xp": [1230, 1255, 7005],
            "discriminator": "0",
            "guild_id": "446075987680165888",
            "id": str(ALICE),
            "level": 11,
            "message_count": 350,
            "username": "alice",
            "xp": 7005,
        },
        {"id": str(BOB), "level": 0, "message_count": 1, "username": "bob", "xp": 20},
    ],
    "role_rewards": [],
    "xp_per_message": [15, 25],
}
LURKR: dict[str, Any] = {
    "guild": {"icon": None, "id": "1356262077857267904", "memberCount": 2, "name": "Den"},
    "isManager": False,
    "levels": [
        {"level": 11, "messageCount": 350, "rank": 1, "userId": str(ALICE), "xp": 7005},
        {"level": 0, "messageCount": 1, "rank": 2, "userId": str(BOB), "xp": 20},
    ],
    "multipliers": [],
}
TATSU: dict[str, Any] = {
    "guild_id": "173184118492889089",
    "rankings": [
        {"rank": 1, "score": 7005, "user_id": str(ALICE)},
        {"rank": 2, "score": 20, "user_id": str(BOB)},
    ],
}
AMARI: dict[str, Any] = {
    "members": [
        {"id": str(ALICE), "username": "alice", "exp": 7005, "level": 200},
        {"id": str(BOB), "username": "bob", "exp": 20, "level": 1},
    ],
    "count": 2,
    "total_count": 2,
}
POLARIS: dict[str, Any] = {
    "settings": {"enabled": True, "curve": {"1": 50}},
    "users": {str(ALICE): {"xp": 7005, "cooldown": 1732000000000}, str(BOB): {"xp": 20}},
}
UNBELIEVABOAT: dict[str, Any] = {
    "users": [
        {"rank": "1", "user_id": str(ALICE), "cash": 7000, "bank": 5, "total": 7005},
        {"rank": "2", "user_id": str(BOB), "cash": 0, "bank": 20, "total": 20},
    ],
    "total_pages": 1,
}
RED: dict[str, Any] = {
    "384734293238749": {
        "GLOBAL": {"schema_version": 1, "is_global": False},
        "GUILD": {"446075987680165888": {"bank_name": "Bank"}},
        "MEMBER": {
            "446075987680165888": {
                str(ALICE): {"name": "alice", "balance": 7000, "created_at": 1600000000},
                str(BOB): {"name": "bob", "balance": 20, "created_at": 1600000000},
            },
            "173184118492889089": {str(ALICE): {"balance": 5}},
        },
    }
}
RED_GLOBAL: dict[str, Any] = {
    "384734293238749": {"USER": {str(ALICE): {"balance": 7005}, str(BOB): {"balance": 20}}}
}
BALANCES = {str(ALICE): 7005, str(BOB): 20}

CTFD: dict[str, list[dict[str, Any]]] = {
    "users": [
        {"id": 1, "name": "admin", "email": "a@example.org", "type": "admin", "hidden": True},
        {"id": 2, "name": "alice", "email": "alice@example.org", "type": "user", "hidden": False},
        {"id": 3, "name": "Bob", "email": "bob@example.org", "type": "user", "banned": False},
        {"id": 4, "name": "eve", "email": "eve@example.org", "type": "user", "banned": True},
        {"id": 5, "name": "dave", "email": "dave@example.org", "type": "user"},
        {"id": 6, "name": "idle", "email": "idle@example.org", "type": "user"},
    ],
    "challenges": [
        {"id": 1, "name": "warm-up", "value": 100, "category": "misc", "type": "standard"},
        {"id": 2, "name": "heap", "value": 450, "category": "pwn", "type": "dynamic"},
    ],
    "solves": [
        {"id": 1, "challenge_id": 1, "user_id": 2, "team_id": None},
        {"id": 2, "challenge_id": 2, "user_id": 2, "team_id": None},
        {"id": 3, "challenge_id": 1, "user_id": 3, "team_id": None},
        {"id": 4, "challenge_id": 1, "user_id": 4, "team_id": None},
        {"id": 5, "challenge_id": 1, "user_id": 5, "team_id": None},
    ],
    "awards": [
        {"id": 1, "user_id": 2, "name": "Hint 3", "value": -50, "category": "hints"},
        {"id": 2, "user_id": 3, "name": "write-up", "value": 25, "category": None},
    ],
}


def a_ctfd_export(path: Path, **tables: list[dict[str, Any]]) -> Path:
    """CTFd's zip; a table without rows is an empty file there."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as export:
        for name, rows in (CTFD | tables).items():
            whole: dict[str, Any] = {"count": len(rows), "results": rows, "meta": {}}
            export.writestr(f"db/{name}.json", json.dumps(whole) if rows else "")
        export.writestr("db/alembic_version.json", "{}")
    path.write_bytes(packed.getvalue())
    return path
