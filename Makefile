# make test   installs what the tests need (Debian packages, Python and npm packages) and runs everything
# make dist   builds the static binary that is shipped
# make deb    builds it and the Debian package of it, into target/deb
.PHONY: test dist deb setup format lint unit editor browser contract shots

SHELL := /bin/bash
TOOLS := target/tools
PYTHON := $(TOOLS)/bin/python
TARGET := x86_64-unknown-linux-gnu
export CARGO_TERM_COLOR ?= never
# One build for everything: no incremental data that nobody reuses.
export CARGO_INCREMENTAL ?= 0

test: setup format lint unit contract editor browser
	@echo "everything passed"

setup:
	scripts/install-test-tools

format:
	cargo fmt --check

lint:
	cargo clippy --all-targets -- -D warnings

unit:
	@test -d ../shared/cases || { test -z "$$CI" || { echo "../shared/cases is missing"; exit 1; }; echo "skipped: ../shared/cases is not here, so the cases of other projects are not tried"; }
	LODGE_TEST_PYTHON=$(abspath $(PYTHON)) cargo test

# schemathesis against the running binary: no server error, no answer that the document does not know
contract:
	cargo build
	scripts/contract-test $(TOOLS)/bin/schemathesis target/debug/lodge

# the editor of formatted text: its tests, and that what is embedded is what its source gives
editor:
	cd editor && npm ci --silent && npm test --silent && npm run --silent build -- --log-level=warning && git diff --exit-code --stat ../assets/js/editor.js

# the pages in Chromium: the main job, axe-core, budgets
browser:
	cargo build
	cd tests/browser && npm ci --silent && node run.mjs --binary ../../target/debug/lodge

# every page, wide and phone, light and dark, as pictures below target/shots
shots:
	cargo build
	cd tests/browser && npm ci --silent && node run.mjs --binary ../../target/debug/lodge --only pages --shots ../../target/shots

dist:
	RUSTFLAGS='-C target-feature=+crt-static --cfg getrandom_backend="linux_getrandom"' cargo build --profile dist --target $(TARGET)
	file target/$(TARGET)/dist/lodge

deb: dist
	scripts/make-deb target/$(TARGET)/dist/lodge
