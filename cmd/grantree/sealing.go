package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"grantree/finding"
	"grantree/policy"
	"grantree/seal"
	"grantree/sites"
)

// boundPolicy is a policy, and what a sealed plan of it is bound to.
type boundPolicy struct {
	*policy.Policy                // as of now
	whole          *policy.Policy // with what is over
	seal.Bound
}

// bound reads the policy as app.policy does, and hashes all that was read.
func (a *app) bound(o policyOptions) (*boundPolicy, error) {
	src, err := a.policySource(o, false)
	if err != nil {
		return nil, err
	}
	read := map[string][]byte{src.File: src.Data}
	p, findings := policy.Parse(src, func(name string) ([]byte, error) {
		data, err := a.readFile(name)
		if err == nil {
			read[name] = data
		}
		return data, err
	})
	a.findings(findings.Of(finding.Warning))
	if err := findings.Err(); err != nil {
		return nil, err
	}
	catalog, err := json.Marshal(p.Catalog.Export())
	if err != nil {
		return nil, err
	}
	now := a.now()
	return &boundPolicy{p.At(now), p, seal.Bound{Policy: hashOf(src.File, read), Catalog: seal.Digest([]string{string(catalog)}), Now: now}}, nil
}

// hashOf is the hash of files by their names as seen from the policy's folder, so
// that it does not matter from where they are read.
func hashOf(main string, read map[string][]byte) string {
	var parts []string
	for name, data := range read {
		if rel, err := filepath.Rel(filepath.Dir(main), name); err == nil && name != main {
			name = filepath.ToSlash(rel)
		} else if name == main {
			name = "" // whatever it is called
		}
		parts = append(parts, seal.Digest([]string{name, string(data)}))
	}
	slices.Sort(parts)
	return seal.Digest(parts)
}

// writeSealed seals a plan into a new file.
func (a *app) writeSealed(name string, fp *sites.FleetPlan, b seal.Bound) error {
	if err := fp.Refusal(); err != nil {
		return nil // which is said, and nothing of it could be applied
	}
	text, err := seal.Encode(fp.Sealed(seal.Plan{Policy: b.Policy, Catalog: b.Catalog, Made: b.Now}))
	if err != nil {
		return fmt.Errorf("%s was not written: %w", name, err)
	}
	if len(text) > policy.MaxFile {
		return fmt.Errorf("%s was not written: the plan has %d bytes, and a file that is read back may have %d; seal some sites with --site", name, len(text), policy.MaxFile)
	}
	switch err := a.create(name, text, 0o644); {
	case errors.Is(err, fs.ErrExist):
		return usageError("%s is there already, and so may be its approvals: name another file with --out", name)
	case err != nil:
		return err
	}
	for _, r := range fp.Unread {
		a.warnf("%s is without site %q, which could not be read: nothing is sent to it by that plan", name, r.Site.Name)
	}
	if why := fp.Approvals(fp.Policy.Approval.Needs); len(why) > 0 {
		a.warnf("the plan needs an approval: %s; who may give one signs it with: grantree plan approve %s --key KEY", strings.Join(why, "; "), finding.Argument(name))
	}
	a.errorf("sealed into %s; carry it out with: %s\n", name, fp.Policy.Command("apply "+finding.Argument(name)))
	return nil
}

// openSealed reads a sealed plan, and refuses it where it was sealed for another
// policy, catalog or time.
func (a *app) openSealed(name string, b *boundPolicy) (seal.Plan, []byte, error) {
	data, err := a.readFile(name)
	if err != nil {
		return seal.Plan{}, nil, usageError("%v", err)
	}
	p, err := seal.Decode(data)
	if err != nil {
		return seal.Plan{}, nil, usageError("%s %v; nothing was sent", name, err)
	}
	other := p.Other(b.Bound)
	for _, e := range b.whole.At(p.Made.In(b.Now.Location())).Ends(p.Made, b.Now) {
		other = append(other, fmt.Sprintf("%s (%s) held until %s", e.What, e.Pos, e.When))
	}
	if len(other) > 0 {
		return p, data, staleSeal(name, strings.Join(other, "; "), b.Policy)
	}
	return p, data, nil
}

// staleSeal says that a sealed plan does not hold any more.
func staleSeal(name, why string, p *policy.Policy) error {
	return &exitError{code: exitStale, message: fmt.Sprintf("%s is stale: %s; nothing was sent; seal a new one with: %s", name, why, p.Command("plan --out FILE"))}
}

// unmoved compares a sealed plan with the one that was made again, and refuses it
// site by site where something moved.
func (a *app) unmoved(ctx context.Context, f *sites.Fleet, fp *sites.FleetPlan, name string, sealed seal.Plan) error {
	moves := sealed.Moved(fp.Sealed(seal.Plan{}))
	if len(moves) == 0 {
		return nil
	}
	traced := f.Trace(ctx, fp, moves)
	var where []string
	for _, m := range moves {
		label := "the plan"
		switch {
		case m.Site != "":
			label = "site " + m.Site
		case m.Server != "":
			label = "server " + m.Server
		}
		where = append(where, label)
		a.errorf("%s\n", a.red(finding.Printable(label+" moved since "+sealed.Made.In(a.now().Location()).Format(time.DateTime))))
		for _, line := range movedLines(m, traced[m.Site]) {
			a.errorf("%s\n", hang("  ", finding.Printable(line), a.errWidth))
		}
	}
	return staleSeal(name, "moved since: "+list(where, 8), fp.Policy)
}

// mostMoved is how many lines a moved site has on the screen.
const mostMoved = 12

// movedLines says what of a site or server moved, and who moved it.
func movedLines(m seal.Move, traced []sites.Difference) []string {
	out := slices.Clone(m.What)
	for _, x := range traced {
		by := "by whom is not known"
		if x.Act != nil {
			by = "by " + actBy(*x.Act) + ", by the " + string(x.Act.Source)
		}
		out = append(out, x.What+": "+by)
	}
	if m.Site == "" {
		for _, s := range m.More {
			out = append(out, "to be sent now: "+s)
		}
	}
	if n := len(out) - mostMoved; n > 0 {
		out = append(out[:mostMoved], fmt.Sprintf("and %d more", n))
	}
	return out
}
