#!/usr/bin/env bash
# The entry point: grades one submission.
cd /
mkdir -p /grade/results
exec @HOME@/venv/bin/python -P -m grader.platforms.run @HOME@ \
  /grade/student /grade/results/results.json
