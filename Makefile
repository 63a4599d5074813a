# The two commands are `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BOOTSTRAP := sh scripts/bootstrap
VENV := .venv/bin

.PHONY: help install run run-cluster test test-fast check fmt generate lock clean-data bench bench-ingest bench-nlu bench-turn prove-kills doctor demo

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## Install everything into this folder (run and test do it by themselves)
	@$(BOOTSTRAP)

run: ## Install what is missing and start everything, with simulated phones and demo data
	@$(BOOTSTRAP)
	@exec $(VENV)/konectus run --demo

run-cluster: ## The same with every service as a process of its own, beside a real PostgreSQL and Redis
	@$(BOOTSTRAP)
	@exec $(VENV)/konectus run --demo --cluster

test: ## Every test: services, bot, console, browser
	@$(BOOTSTRAP) services bot console model browser
	@$(VENV)/python scripts/testing.py services bot console phones browser

test-fast: ## The tests without browser, bot training and crash runs (under a minute)
	@$(BOOTSTRAP) services
	@$(VENV)/python scripts/testing.py fast

check: ## Format, lint, types, layers, sizes, TypeScript, generated files
	@$(BOOTSTRAP) services bot console
	@$(VENV)/python scripts/check.py

fmt: ## Format the Python code and sort its imports
	@$(BOOTSTRAP) services
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --select I --fix .

generate: ## Write the files that are generated from the API (the console's types)
	@$(BOOTSTRAP) services console
	@$(VENV)/python scripts/generated.py

lock: ## Write the requirements' lock files anew
	@$(BOOTSTRAP) services
	@sh scripts/lock

clean-data: ## Forget the data of earlier runs (database, secrets, logs)
	@$(BOOTSTRAP) services
	@$(VENV)/python -m app.clean_data

bench: bench-ingest bench-turn ## Every measurement, and docs/measures.md from their results
	@$(VENV)/python -m bench.report

bench-ingest: ## Durable receiving of webhooks, against peers
	@$(BOOTSTRAP) services bench
	@$(VENV)/python -m bench.ingest

bench-turn: ## A message's way to the accepted answer, and ordered claims against peers
	@$(BOOTSTRAP) services bot console model bench
	@$(VENV)/python -m bench.turn

bench-nlu: ## The bot's understanding of labelled files: make bench-nlu DATA="a.csv folder"
	@$(BOOTSTRAP) bot
	@.venv-bot/bin/python -m bot.nlu.bench $(DATA)

prove-kills: ## kill -9 of web and workers at 50 random moments under load: nothing lost, nothing twice
	@$(BOOTSTRAP) services
	@KONECTUS_KILLS=50 $(VENV)/python -m pytest tests/crash

demo: ## Addresses, tokens and logins of the running demo
	@$(VENV)/konectus demo

doctor: ## What is wrong on this machine or with the running platform
	@$(BOOTSTRAP) services
	@$(VENV)/konectus doctor
