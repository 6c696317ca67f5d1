"""The same status callback as people write it in Python: Flask, Twilio's own validator, SQLite.

Verifies the signature, updates the call's row, inserts an event and commits, then answers 204. One
transaction for each callback; the database is as durable as ours (write-ahead log, FULL).

    PEER_DATABASE=FILE gunicorn --workers 2 --threads 4 --bind 127.0.0.1:PORT flask_app:app
    PEER_DATABASE=FILE /usr/bin/python3 flask_app.py LIST CALLS    # fill it from a list of bench_seed
"""
import os
import sqlite3
import sys
import threading

from flask import Flask, abort, request
from twilio.request_validator import RequestValidator

PUBLIC_URL = "https://gw.example.com"
RANK = {"queued": 0, "initiated": 1, "ringing": 2, "in-progress": 3, "completed": 4}
SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, nonce TEXT NOT NULL, sid TEXT NOT NULL,
    status TEXT NOT NULL, updated_at TEXT);
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, status TEXT NOT NULL,
    sequence INTEGER NOT NULL, at TEXT NOT NULL);
"""

app = Flask(__name__)
validator = RequestValidator(os.environ.get("PEER_TOKEN", "12345678901234567890123456789012"))
local = threading.local()


def database():
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(os.environ["PEER_DATABASE"], timeout=30, isolation_level=None)
        local.db.execute("PRAGMA journal_mode=WAL")
        local.db.execute("PRAGMA synchronous=FULL")
    return local.db


@app.post("/voice/twilio/<call_id>/<nonce>/status")
def status(call_id, nonce):
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(PUBLIC_URL + request.path, request.form, signature):
        abort(403)
    form, db = request.form, database()
    db.execute("BEGIN IMMEDIATE")
    row = db.execute("SELECT nonce, status FROM calls WHERE id = ?", (call_id,)).fetchone()
    if row is None or row[0] != nonce:
        db.execute("ROLLBACK")
        abort(404)
    if RANK[form["CallStatus"]] > RANK[row[1]]:
        db.execute("UPDATE calls SET status = ?, sid = ?, updated_at = ? WHERE id = ?",
                   (form["CallStatus"], form["CallSid"], form["Timestamp"], call_id))
        db.execute("INSERT INTO events (call_id, status, sequence, at) VALUES (?, ?, ?, ?)",
                   (call_id, form["CallStatus"], int(form["SequenceNumber"]), form["Timestamp"]))
    db.execute("COMMIT")
    return "", 204


def fill(path, calls):
    db = database()
    db.executescript(SCHEMA)
    with open(path, encoding="ascii") as f:
        rows = [line.split() for _, line in zip(range(calls), f)]
    db.execute("BEGIN")
    db.executemany("INSERT INTO calls VALUES (?, ?, ?, 'queued', NULL)", rows)
    db.execute("COMMIT")


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
