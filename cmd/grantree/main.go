// Command grantree turns an application's navigation tree into SQL Server
// permissions. The manual is "grantree help" and the README.
//
// A verb is a file, cmd_VERB.go: constructor, options, run. Nothing is decided
// here; a verb loads, calls the core and prints. What verbs share:
//
//	app.go        the world a verb sees; exit.go: errors as exit codes
//	stop.go       how Ctrl-C ends what waits; stopped.go: what it left done
//	system.go     the operating system: with readfile.go, writefile.go, lock_*.go
//	              and passwords_*.go all that imports package os
//	examples.go   what every help shows; complete.go: names for a shell
//	options.go    flags that several verbs have
//	load.go       policy files, passwords, fleets, readings and plans
//	editing.go    how a command changes the files of a policy
//	look.go       the question of explain and who, and the sites it is put to
//	sandboxes.go  embedded servers instead of a policy's
//	passwords.go  the file that new passwords are written to; chosen.go: one
//	              that somebody chose
//	letters.go    a letter to each new person, by a letter_template.go
//	seats.go      what plan, apply and license say about seats
//	print_people.go, print_plan.go
//	              a plan for people
//	json_*.go     the contracts of docs/json.md
//	output.go     what may be printed, and how; findings
//	wrap.go       messages as lines of a screen
//	table.go      tables; words.go: numbers, lists and names in sentences
//	progress.go   a bar for what takes long; stages.go: how far a run over sites
//	              is, ending.go what it came to, and metrics.go that for
//	              Prometheus
package main

import "os"

func main() { os.Exit(process()) }
