package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"
)

// sketch is what is shown of the changes of a site: all that is printed of its plan
// beside its people and numbers, so that the plan need not stay. Sites in which the
// same is done share one.
type sketch struct {
	changes int
	renamed string
	members map[string][]string // who comes and who goes, by role
	nodes   []nodeLine
	byNode  string   // the same for the same table
	sql     [32]byte // the same for the same statements
	some    []excerpt
	naive   int
	part    mssql.ScriptPart // without its texts
}

// nodeLine is a row of the table by node.
type nodeLine struct {
	node  string
	cells []string
}

// excerpt is the first statements of a kind.
type excerpt struct {
	kind       grants.Kind
	text       string // as it is shown
	statements int
}

// sketcher makes sketches, for several goroutines.
type sketcher struct {
	format string // of the output: text, json, sql, markdown or html
	full   bool

	mu     sync.Mutex
	teller *teller
	known  map[[32]byte]*sketch
}

func newSketcher(c *catalog.Catalog, format string, full bool) *sketcher {
	return &sketcher{format: format, full: full, teller: newTeller(c, true), known: map[[32]byte]*sketch{}}
}

// sketch is sites.PlanOptions.Sketch: the sketch, and the long text of the format.
func (k *sketcher) sketch(s sites.SitePlan) (any, []byte) {
	switch k.format {
	case "json":
		k.mu.Lock()
		defer k.mu.Unlock()
		return nil, jsonParts(s, k.teller)
	case "sql":
		part := mssql.NewScriptPart(mssql.SiteScript{Site: s.Site.Name, Database: s.Site.Database, From: s.Snapshot, Changes: s.Plan.Changes, Ledger: sites.ScriptLedger(s)})
		text, err := json.Marshal([2]string{part.Do, part.Undo})
		if err != nil {
			part.Err = err
		}
		part.Do, part.Undo = "", ""
		return &sketch{changes: len(s.Plan.Changes), part: part}, text
	}
	if s.Plan.Empty() {
		return nil, nil
	}
	x := sketchOf(s, k.full)
	var text []byte
	switch {
	case k.format == "markdown":
		text = statementsInMarkdown(s)
	case k.format == "html":
		text = statementsForPage(s)
	case k.full:
		text = statementsOf(s)
	}
	key := x.key()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known[key] == nil {
		k.known[key] = x
	}
	return k.known[key], text
}

// sketchOf makes the sketch of a site's whole plan for people.
func sketchOf(s sites.SitePlan, full bool) *sketch {
	x := &sketch{changes: len(s.Plan.Changes), renamed: renamedIn(s), members: membersOf(s.Plan), naive: s.Plan.Naive}
	var key strings.Builder
	for _, r := range nodeRows(s, full) {
		cells := r.cells()
		key.WriteString(strings.Join(cells, "\x00") + "\n")
		x.nodes = append(x.nodes, nodeLine{r.node, cells})
	}
	x.byNode = key.String()
	h := sha256.New()
	shown := map[grants.Kind]int{}
	for _, c := range s.Plan.Changes {
		fmt.Fprintln(h, mssql.Render(c))
		if shown[c.Kind]++; shown[c.Kind] <= shownStatements {
			x.some = append(x.some, excerpt{c.Kind, inShort(c), c.Statements()})
		}
	}
	x.sql = [32]byte(h.Sum(nil))
	return x
}

// key is the same for sketches that show the same.
func (x *sketch) key() [32]byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%q %q %x %d", x.renamed, x.byNode, x.sql, x.naive)
	for _, role := range sorted(x.members) {
		fmt.Fprintf(&b, "%q %q", role, x.members[role])
	}
	return sha256.Sum256(b.Bytes())
}

// statementsOf are all of a site's statements as they are shown.
func statementsOf(s sites.SitePlan) []byte {
	var b bytes.Buffer
	for _, c := range s.Plan.Changes {
		fmt.Fprintf(&b, "%s\n", indent(mssql.Render(onScreen(c)), "    "))
	}
	return b.Bytes()
}

// drawn is a site of a plan with the sketch of its changes.
type drawn struct {
	sites.SitePlan
	*sketch
}

// drawnOf lists the sites that change, each with its sketch.
func drawnOf(list []sites.SitePlan, full bool) []drawn {
	var out []drawn
	for _, s := range list {
		if s.Empty() {
			continue
		}
		x, ok := s.Sketch.(*sketch)
		if !ok { // of a plan that is whole
			x = sketchOf(s, full)
		}
		out = append(out, drawn{s, x})
	}
	return out
}
