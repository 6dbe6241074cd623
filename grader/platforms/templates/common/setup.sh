#!/usr/bin/env bash
# Installs the grader that lies beside this file, once, when the container is built. What it depends
# on comes from wherever pip finds packages here, in the versions of constraints.txt.
set -euo pipefail
home=@HOME@
torch=@TORCH@ # an index of packages, "default" for pip's own, or nothing

fit_python() {
  local each
  for each in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$each" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$each"
      return
    fi
  done
  return 1
}

install() {
  "$home/venv/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check "$@"
}

if ! fit_python >/dev/null && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  for packages in python3-venv "python3.12 python3.12-venv" "python3.11 python3.11-venv"; do
    # shellcheck disable=SC2086 # two packages are two words
    fit_python >/dev/null || apt-get install -qq -y --no-install-recommends $packages || true
  done
fi
if ! python=$(fit_python); then
  echo "mggrade: no Python 3.11 or newer here; choose an image that has one, such as Ubuntu 24.04" >&2
  exit 1
fi

cd "$home"
"$python" -m venv venv
if [[ -n "$torch" && "$torch" != default ]]; then
  install --index-url "$torch" -c constraints.txt torch
fi
install -c constraints.txt -r requirements.txt
install --no-deps --no-index ./mggrade-*.whl
if [[ -n "$torch" ]] && ! venv/bin/python -c 'import sys, torch; sys.exit(torch.version.cuda is not None)'; then
  echo "mggrade: this PyTorch is one for CUDA, and too big; make the package with --torch and the" \
    "address of an index that has builds for CPUs" >&2
  exit 1
fi
# The seed and PyTorch's answers are nobody else's business.
chmod -R go= "$home"
