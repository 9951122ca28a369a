package main

import "strings"

// example is what a command's help shows of its use. A test runs each line.
type example struct {
	command string // its path without "grantree"
	lines   string
}

// examples are in the order of somebody's first day: what is applied here is
// there for those that come after.
var examples = []example{
	{"init", `grantree init -f new.toml`},
	{"catalog tree", `grantree catalog tree
grantree catalog tree "Modules | Work Orders"`},
	{"catalog lint", `grantree catalog lint`},
	{"catalog draft", `grantree catalog draft
grantree catalog draft --out beyond.catalog.toml`},
	{"catalog diff", `grantree catalog diff imaint ours.catalog.toml`},
	{"catalog export", `grantree catalog export --format json`},
	{"test", `grantree test`},
	{"lint", `grantree lint
grantree lint --vendor --format json`},
	{"group list", `grantree group list`},
	{"group show", `grantree group show Mechanic`},
	{"group diff", `grantree group diff Mechanic Planner`},
	{"site list", `grantree site list`},
	{"user list", `grantree user list`},
	{"user show", `grantree user show ann`},
	{"plan", `grantree plan
grantree plan --sandbox --site North
grantree plan --format sql --site North
grantree plan --format markdown
grantree plan --format html --out plan.html
grantree plan --shard 1/2
grantree plan --out change.plan`},
	{"plan approve", `grantree plan approve change.plan --key ~/.ssh/id_ed25519`},
	{"apply", `grantree apply change.plan --yes
grantree apply change.plan --yes --allowed-signers /etc/grantree/signers
grantree apply --yes
grantree apply --site North --yes --passwords-out new-passwords.txt
grantree apply --yes --canary 2 --wave 10 --max-failures 3
grantree apply --yes --shard 0/3
grantree apply --yes --online --max-per-second 200`},
	{"plan", `grantree plan --check
grantree plan --check --metrics grantree_plan.prom`},
	{"log", `grantree log
grantree log --format json
grantree log --journal grantree-journal`},
	{"undo", `grantree undo --yes`},
	{"apply", `grantree apply --yes`},
	{"verify", `grantree verify
grantree verify --site North
grantree verify --shard 1/2`},
	{"log verify", `grantree log verify
grantree log verify --site North --format json`},
	{"heal", `grantree heal
grantree heal --after-deploy
grantree heal --after-deploy --site North --format json`},
	{"break-glass", `grantree break-glass ann Admin --for 60m --reason "month end, ticket 4711"
grantree break-glass ann Admin --for 60m --reason "month end, ticket 4711" --detach --yes
grantree break-glass --end ann Admin --yes`},
	{"doctor", `grantree doctor
grantree doctor --for verify --site North
grantree doctor --script look --login grantree_look
grantree doctor --script apply`},
	{"audit", `grantree audit
grantree audit --full --site North
grantree audit --format sarif`},
	{"catalog check", `grantree catalog check --site North`},
	{"explain", `grantree explain ann imvw_work_order
grantree explain ann "Modules | Work Orders" update --site North
grantree explain ann imvw_pay_type select --offline
grantree explain Mechanic imvw_pay_type update --offline`},
	{"who", `grantree who imvw_pay_type select
grantree who "Time Cards" --offline
grantree who imvw_work_order delete --not insert --offline
grantree who imvw_pay_type --by group --offline`},
	{"diff", `grantree diff fleet.toml grantree.toml
grantree diff fleet.toml grantree.toml --site North --format json
grantree diff --as-of v2026.3
grantree diff --as-of 2026-09-30 --check`},
	{"report", `grantree report
grantree report --out report.html
grantree report --out report.json
grantree report --offline --format csv
grantree report --since report.json --review review`},
	{"review apply", `grantree review apply review/review-carol-reed.xlsx --dry-run
grantree review apply review/review-carol-reed.xlsx --yes`},
	{"review status", `grantree review status review`},
	{"review sign", `grantree review sign review --by "Carol Reed" --open 3`},
	{"license", `grantree license
grantree license --by site
grantree license --more 5`},
	{"user status", `grantree user status
grantree user status ann --format json`},
	{"user history", `grantree user history ann`},
	{"user unlock", `grantree user unlock ann --yes`},
	{"user reset-password", `grantree user reset-password ann --yes --passwords-out reset.txt`},
	{"user weak-passwords", `grantree user weak-passwords`},
	{"site sessions", `grantree site sessions --idle 8h
grantree site sessions --idle 30m --end --yes`},
	{"user add", `grantree user add carol --group Planner --site North --new-login
grantree user add dave --group Mechanic --site North --until 2099-06-30 --dry-run`},
	{"user copy", `grantree user copy ann carol --full-name "Carol Reed" --new-login`},
	{"user set", `grantree user set ann --add-group Planner --email ann@example.com
grantree user set ann --add-site South --plan`},
	{"user allow", `grantree user allow ann imvw_work_order delete --reason "closes duplicates"`},
	{"grant-until", `grantree grant-until ann "Work Orders" delete +8h --reason "covers for bob"
grantree grant-until ann imvw_pay_type select 2099-06-30`},
	{"user set", `grantree user set ann --remove-group Crew --dry-run --diff`},
	{"user deny", `grantree user deny ann imvw_pay_type select --reason "pay rates are confidential"`},
	{"user rename", `grantree user rename ann anna`},
	{"user disable", `grantree user disable bob --reason "on leave"`},
	{"user enable", `grantree user enable bob`},
	{"user remove", `grantree user remove bob`},
	{"user import", `grantree user import people.csv --map "E-mail=name,Profile=group,Branch=site" --dry-run
grantree user import people.csv --map "E-mail=name,Profile=group,Branch=site" --new-logins --yes`},
	{"user export", `grantree user export
grantree user export --live --format xlsx --out people.xlsx`},
	{"import", `grantree import -f fleet.toml --out found.toml --report report.txt`},
	{"group copy", `grantree group copy Mechanic "Night Shift" --without "Meter Update"`},
	{"group allow", `grantree group allow Crew imvw_work_order select,update`},
	{"group deny", `grantree group deny Spare imvw_pay_type select --reason "pay rates are confidential"`},
	{"group rename", `grantree group rename Crew "Day Crew"`},
	{"group remove", `grantree group remove Spare`},
	{"demo", `grantree demo
grantree demo --keep`},
	{"sandbox", `grantree sandbox --listen 127.0.0.1:1433`},
	{"schema policy", `grantree schema policy`},
	{"schema catalog", `grantree schema catalog
grantree schema catalog export`},
	{"man", `grantree man apply
grantree man --out man1`},
	{"completion bash", `grantree completion bash`},
	{"completion zsh", `grantree completion zsh`},
	{"completion fish", `grantree completion fish`},
	{"completion powershell", `grantree completion powershell`},
}

// examplesOf returns the examples of a command as its help shows them.
func examplesOf(path string) string {
	var out []string
	for _, e := range examples {
		if "grantree "+e.command == path {
			out = append(out, strings.Split(e.lines, "\n")...)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return indent(strings.Join(out, "\n"), "  ")
}
