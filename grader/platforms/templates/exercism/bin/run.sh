#!/usr/bin/env bash
# exercism's test runner: SLUG IN/ OUT/. What lies in IN/ is graded, whatever the slug; the exit
# code is 0 in any case, as exercism wants it.
cd / || exit
mkdir -p "$3"
@HOME@/venv/bin/python -P -m grader.platforms.run @HOME@ "$2" "$3/results.json"
exit 0
