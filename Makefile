# Each target does its own set-up; the work is in scripts/.
.PHONY: demo test lint bench docs build mutants

build: ## the binary, as bin/maasctl
	CGO_ENABLED=0 go build -trimpath -ldflags "-X example.com/maasctl/internal/cli.commit=$$(git rev-parse HEAD 2>/dev/null)" -o bin/maasctl ./cmd/maasctl

demo: ## the whole way on this machine: sandbox, diff, apply, diff again
	bash scripts/demo.sh

test: ## all tests, against real servers too
	bash scripts/test.sh

lint: ## the linters of .golangci.yaml
	bash scripts/lint.sh

bench: ## what is measured
	bash scripts/bench.sh

mutants: ## breaks the code and lists what no test notices; an hour or two
	bash scripts/mutants.sh

docs: build ## the reference pages that are made of the program
	rm -rf docs/commands docs/formats
	bin/maasctl docs docs
