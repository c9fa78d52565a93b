# Every target is one script of tests/support; what is made stays in target/.
S := tests/support
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help deps build install uninstall demo stop test test-core test-module test-providers test-wordpress test-browser soak lint languages bench package

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-15s %s\n", $$1, $$2 }'

demo: ## a WordPress on this machine with module and plugin, and its first answer
	@$(S)/demo.sh up

stop: ## end the demo; its data stays
	@$(S)/demo.sh down

deps: ## install what a bare Debian or Ubuntu lacks for building and testing
	@$(S)/deps.sh

build: ## the module, in target/release/libaisp.so, and the plugin's screens
	@$(S)/build.sh

install: ## put the module into the machine's PHP (root)
	@$(S)/install.sh install

uninstall: ## take it out again (root; PURGE=1 deletes its data too)
	@$(S)/install.sh uninstall

test: deps lint test-core build test-module test-providers test-wordpress test-browser ## everything, in CI's order

lint: ## form: rustfmt, clippy, PHP, shell and JavaScript
	@$(S)/lint.sh

test-core: ## the core in Rust, without PHP
	@$(S)/core.sh

test-module: ## the module in PHP (after build)
	@$(S)/phpt.sh

test-providers: ## the core against a provider this project did not write
	@$(S)/providers.sh

test-wordpress: ## the plugin on a real WordPress (after build)
	@tests/wordpress/run.sh

test-browser: ## the plugin in a real browser (after build)
	@tests/e2e/run.sh

soak: ## a thousand kills, leaders killed in flight, and 50 reloads of php-fpm in traffic (after build)
	@AISP_LONG=1 cargo test --no-default-features --locked --test store_race --test inbox_race --test jobs_race --test jobs_kill --test herd
	@AISP_LONG=1 $(S)/phpt.sh $(CURDIR)/tests/phpt/fpm-reload.phpt

languages: ## the template of all texts, and what is new in it into each translation
	@$(S)/languages.sh update

bench: ## ratios, all measured in one run (after build)
	@$(S)/deps.sh build site bench
	@tests/bench/run.sh

package: ## module and plugin as a release has them (after build)
	@$(S)/deps.sh build package
	@$(S)/package.sh
