"""The gradebook's tables, and how an older file becomes a newer one.

A migration is added at the end and never changed: the number of those that a file has been through
is its schema version (`PRAGMA user_version`).
"""

APPLICATION = 0x6D67_6762  # "mggb", so that `file` and we know one

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE students (
            key TEXT PRIMARY KEY, name TEXT NOT NULL, id TEXT NOT NULL, canvas TEXT NOT NULL,
            email TEXT NOT NULL, login TEXT NOT NULL, section TEXT NOT NULL,
            participant TEXT NOT NULL, enrolled INTEGER NOT NULL
        )""",
        # What grading some content gave. Rows are only ever added.
        """CREATE TABLE results (
            number INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, ground TEXT NOT NULL,
            stamp TEXT NOT NULL, course_version TEXT NOT NULL, grader_version TEXT NOT NULL,
            seed INTEGER NOT NULL, isolation TEXT NOT NULL, outcome TEXT NOT NULL,
            message TEXT NOT NULL, report BLOB, started TEXT NOT NULL, seconds REAL NOT NULL,
            recorded TEXT NOT NULL
        )""",
        "CREATE INDEX results_by_content ON results (digest, ground)",
        # What a student handed in, and the result it had: the last row counts.
        """CREATE TABLE handins (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            student TEXT NOT NULL REFERENCES students (key),
            result INTEGER NOT NULL REFERENCES results (number),
            label TEXT NOT NULL, submitted TEXT NOT NULL, late INTEGER NOT NULL,
            notes TEXT NOT NULL, recorded TEXT NOT NULL
        )""",
        "CREATE INDEX handins_by_student ON handins (student, number)",
        """CREATE TABLE adjustments (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            student TEXT NOT NULL REFERENCES students (key),
            concept TEXT NOT NULL, points TEXT NOT NULL, reason TEXT NOT NULL,
            author TEXT NOT NULL, recorded TEXT NOT NULL
        )""",
        """CREATE TABLE comments (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            student TEXT NOT NULL REFERENCES students (key),
            concept TEXT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL, recorded TEXT NOT NULL
        )""",
    ),
)
