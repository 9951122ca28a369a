package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"grantree/finding"
	"grantree/policy"
	"grantree/seal"
	"grantree/seal/sshsig"
	"grantree/sites"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"
)

// signedFor is the namespace of the signatures of approvals.
const signedFor = "grantree"

// signatures is the file with the approvals of a sealed plan, where ssh-keygen puts
// its own.
func signatures(plan string) string { return plan + ".sig" }

type approveOptions struct {
	key  string
	full bool
	yes  bool
}

func newApprove(a *app) *cobra.Command {
	var o approveOptions
	c := &cobra.Command{
		Use:   "approve FILE",
		Short: "Sign a sealed plan",
		Long: `Show what a sealed plan does, ask, and sign it with an SSH key. The signature is
added to FILE.sig. FILE stays as it is: "ssh-keygen -Y sign -n grantree -f KEY FILE"
makes the same one, and does for keys of an agent or a device.

Nothing is asked of any server: whether the plan still holds is found when it is
carried out. Who may approve is what "grantree apply --allowed-signers" says, on the
machine that applies.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.approve(c.Context(), o, args[0]) },
	}
	c.Flags().StringVar(&o.key, "key", "", "the file of your private SSH key")
	c.Flags().BoolVar(&o.full, "full", false, "show every statement")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	return c
}

func (a *app) approve(ctx context.Context, o approveOptions, name string) error {
	if o.key == "" {
		return usageError("--key FILE names your private SSH key")
	}
	data, err := a.readFile(name)
	if err != nil {
		return usageError("%v", err)
	}
	p, err := seal.Decode(data)
	if err != nil {
		return usageError("%s %v; nothing was signed", name, err)
	}
	key, err := a.signingKey(ctx, o.key)
	if err != nil {
		return err
	}
	before, err := a.readFile(signatures(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usageError("%v", err)
	}
	if len(before) > 0 {
		known, err := sshsig.Read(before)
		if err != nil {
			return usageError("%s %v; take it away, or name the plan by another file", signatures(name), err)
		}
		for _, s := range known {
			if s.Fingerprint() == ssh.FingerprintSHA256(key.PublicKey()) && s.Verify(signedFor, data) == nil {
				return usageError("%s has been signed with that key already", name)
			}
		}
	}
	a.printSealed(p, o.full)
	if err := a.agree(ctx, "Approve this plan?", o.yes); err != nil {
		return err
	}
	sig, err := sshsig.Sign(key, signedFor, data, rand.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was signed", o.key, err)
	}
	if err := a.publish(signatures(name), append(before, sig...)); err != nil {
		return err
	}
	a.errorf("approved with %s, in %s\n", ssh.FingerprintSHA256(key.PublicKey()), signatures(name))
	return nil
}

// signingKey reads a private key, and asks for its passphrase where it has one.
func (a *app) signingKey(ctx context.Context, name string) (ssh.Signer, error) {
	data, err := a.readFile(name)
	if err != nil {
		return nil, usageError("%v", err)
	}
	key, err := ssh.ParsePrivateKey(data)
	locked := (*ssh.PassphraseMissingError)(nil)
	if errors.As(err, &locked) {
		if !a.canAsk {
			return nil, usageError("%s has a passphrase, and nobody is there to be asked for it: sign with ssh-keygen -Y sign -n %s", name, signedFor)
		}
		phrase, err := a.askHidden(ctx, "Passphrase of "+finding.Printable(name)+": ")
		if err != nil {
			return nil, err
		}
		if key, err = ssh.ParsePrivateKeyWithPassphrase(data, []byte(phrase)); err != nil {
			return nil, usageError("%s: the passphrase does not open it", name)
		}
		return key, nil
	}
	if err != nil {
		return nil, usageError("%s is no private SSH key that is read here: sign with ssh-keygen -Y sign -n %s -f KEY FILE", name, signedFor)
	}
	return key, nil
}

// printSealed shows what a sealed plan does, from the file alone.
func (a *app) printSealed(p seal.Plan, full bool) {
	a.printf("Sealed %s, for %s.\n", p.Made.In(a.now().Location()).Format(time.DateTime), count(len(p.Sites), "site"))
	for _, why := range p.Approval {
		a.sentence("  ", "It needs an approval: "+finding.Printable(why)+".")
	}
	rows := [][]string{{"SITE", "STATEMENTS", "GAIN", "LOSE", "LOCKED OUT", "STATE"}}
	for _, s := range p.Sites {
		rows = append(rows, []string{finding.Printable(s.Name), fmt.Sprint(len(p.Of(s))), fmt.Sprint(s.Gain), fmt.Sprint(s.Lose), fmt.Sprint(s.LockedOut), finding.Printable(s.Outcome)})
	}
	a.folded(rows, 0)
	for _, s := range p.Servers {
		for _, l := range slices.Concat(s.Logins, s.Statements) {
			a.sentence("  ", finding.Printable("server "+s.Name+": "+l))
		}
	}
	for _, plan := range p.Plans {
		var in []string
		for _, s := range p.Sites {
			if s.Plan == plan.Digest {
				in = append(in, s.Name)
			}
		}
		a.printf("\n  %s\n", a.bold(finding.Printable(list(in, 4))))
		for i, text := range plan.Statements {
			if i == fewSealed && !full {
				a.printf("    and %d more: --full shows them\n", len(plan.Statements)-i)
				break
			}
			for line := range strings.SplitSeq(text, "\n") {
				a.printf("    %s\n", finding.Printable(line))
			}
		}
	}
}

// fewSealed is how many changes of a sealed plan are shown where nobody asked for all.
const fewSealed = 5

// approvalOptions are the flags of apply about approvals.
type approvalOptions struct {
	signers string
	asOf    string
}

// approved refuses a plan that needs an approval and has none: exit 4. The needs are
// those of the policy and, where asked for, of the policy as it was.
func (a *app) approved(ctx context.Context, fp *sites.FleetPlan, o applyOptions, data []byte) error {
	needs, err := a.needs(ctx, fp, o)
	if err != nil {
		return err
	}
	why := fp.Approvals(needs)
	if len(why) == 0 || !fp.Sends() {
		if o.signers != "" && len(needs) == 0 {
			a.warnf("%s has no [approval]: nobody's approval was asked for", fp.Policy.File)
		}
		return nil
	}
	refused := func(format string, args ...any) error {
		return &exitError{code: exitRule, message: "the plan needs an approval (" + strings.Join(why, "; ") + ") and has none: " + fmt.Sprintf(format, args...) + "; nothing was sent"}
	}
	switch {
	case o.sealed == "":
		return refused("seal it with %s, have it signed with grantree plan approve FILE --key KEY, and carry that out with apply FILE --allowed-signers SIGNERS", fp.Policy.Command("plan --out FILE"))
	case o.signers == "":
		return refused("--allowed-signers FILE says who may give one")
	}
	text, err := a.readFile(o.signers)
	if err != nil {
		return usageError("%v", err)
	}
	signers, err := sshsig.ReadSigners(text, a.now().Location())
	if err != nil {
		return usageError("%s: %v; nothing was sent", o.signers, err)
	}
	text, err = a.readFile(signatures(o.sealed))
	if err != nil {
		return refused("%v", err)
	}
	sigs, err := sshsig.Read(text)
	if err != nil {
		return refused("%s %v", signatures(o.sealed), err)
	}
	by, bad := approvers(sigs, signers, data, a.now())
	if len(by) == 0 {
		return refused("%s", strings.Join(bad, "; "))
	}
	a.errorf("approved by %s\n", finding.Printable(strings.Join(by, "; ")))
	return nil
}

// approvers are those who signed a file, and why other signatures do not count.
func approvers(sigs []sshsig.Signature, signers []sshsig.Signer, data []byte, now time.Time) (by, bad []string) {
	for _, s := range sigs {
		who, err := "", s.Verify(signedFor, data)
		if err == nil {
			who, err = sshsig.By(signers, s, signedFor, now)
		}
		if err != nil {
			bad = append(bad, fmt.Sprintf("the signature of %s does not count: %v", s.Fingerprint(), err))
			continue
		}
		by = append(by, who+" ("+s.Fingerprint()+")")
	}
	return by, bad
}

// needs are the policy's, and those of the policy as it was.
func (a *app) needs(ctx context.Context, fp *sites.FleetPlan, o applyOptions) ([]policy.Need, error) {
	needs := fp.Policy.Approval.Needs
	if o.asOf == "" {
		return needs, nil
	}
	old, _, err := a.policyAsOf(ctx, o.policyOptions, o.asOf)
	if err != nil {
		return nil, err
	}
	return slices.Concat(old.Approval.Needs, needs), nil
}
