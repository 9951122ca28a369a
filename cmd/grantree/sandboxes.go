package main

import (
	"context"
	"fmt"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"

	"github.com/spf13/cobra"
)

// sandboxes are embedded servers that stand in for a policy's: one per
// server, every site made from the catalog, no permissions yet.
type sandboxes struct {
	policy  *policy.Policy // the policy, its servers replaced
	servers []*sandbox.Server
	secret  string
}

// startSandboxes makes the servers and the sites of a policy, with rows in their
// tables where somebody is going to read them.
func (a *app) startSandboxes(ctx context.Context, p *policy.Policy, rows bool) (*sandboxes, error) {
	defer a.begin(sites.StageMaking, len(p.Sites))()
	secret, err := mssql.GeneratePassword("sa")
	if err != nil {
		return nil, err
	}
	replaced := *p
	replaced.Servers = nil
	out := &sandboxes{policy: &replaced, secret: secret}
	for _, server := range p.Servers {
		s, err := sandbox.New(sandbox.Options{SAPassword: secret, Name: strings.ToUpper(server.Name), Entra: true})
		if err != nil {
			out.close()
			return nil, err
		}
		out.servers = append(out.servers, s)
		if err := a.makeSites(ctx, s, p, server.Name, rows); err != nil {
			out.close()
			return nil, stoppedMaking(ctx, err)
		}
		if err := s.Listen("127.0.0.1:0"); err != nil {
			out.close()
			return nil, err
		}
		replaced.Servers = append(replaced.Servers, policy.Server{Name: server.Name, URL: sandboxURL(s), User: "sa", Pos: server.Pos})
	}
	return out, nil
}

// sandboxURL is a sandbox's address in a policy's words.
func sandboxURL(s *sandbox.Server) string {
	return fmt.Sprintf("sqlserver://%s?encrypt=disable", s.Addr())
}

// makeSites makes, on one sandbox, the databases of the policy's sites on one
// of its servers, or on all of them where server is empty, and the logins that
// the policy expects to exist. Two sites of one database name on two servers
// cannot be told apart on one sandbox, and are an error.
func (a *app) makeSites(ctx context.Context, s *sandbox.Server, p *policy.Policy, server string, rows bool) error {
	makeSite := mssql.MakeBareSite
	if rows {
		makeSite = mssql.MakeSite
	}
	made := map[string]policy.Site{}
	for _, site := range p.Sites {
		if server != "" && site.Server != server {
			continue
		}
		key := grants.Collation{}.Key(site.Database)
		if before, ok := made[key]; ok {
			return usageError("sites %q (%s) and %q (%s) have databases of one name on servers %q and %q, and this is one server; leave one of them out",
				before.Name, before.Pos, site.Name, site.Pos, before.Server, site.Server)
		}
		made[key] = site
		a.step(sites.Step{Stage: sites.StageMaking, Site: site.Name})
		if err := s.Exec(ctx, "master", makeSite(site.Database, p.Catalog.Schema, p.Catalog.Views())); err != nil {
			return fmt.Errorf("site %q: %w", site.Name, err)
		}
		if site.Contained {
			if err := s.Exec(ctx, "master", mssql.Contain(site.Database)); err != nil {
				return fmt.Errorf("site %q: %w", site.Name, err)
			}
		}
		a.step(sites.Step{Stage: sites.StageMaking, Site: site.Name, Done: true})
	}
	return makeLogins(ctx, s, p)
}

// makeLogins makes the logins that the policy expects to exist: accounts of
// Windows and Entra by name alone, the others with a password that nobody knows.
func makeLogins(ctx context.Context, s *sandbox.Server, p *policy.Policy) error {
	made := map[string]bool{}
	for _, u := range p.Users {
		key := grants.Collation{}.Key(u.Login)
		if u.NewLogin || made[key] {
			continue
		}
		made[key] = true
		password, err := mssql.GeneratePassword(u.Login)
		if err != nil {
			return err
		}
		if err := s.Exec(ctx, "master", mssql.MakeLogin(u.Login, u.Auth.Principal(), password)); err != nil {
			return fmt.Errorf("login %q: %w", u.Login, err)
		}
	}
	return nil
}

// password is sa's on every sandbox of this run.
func (s *sandboxes) password(policy.Server) (string, error) { return s.secret, nil }

// close stops the servers and removes what they stored.
func (s *sandboxes) close() {
	for _, server := range s.servers {
		server.Close()
	}
}

type sandboxOptions struct {
	policyOptions
	listen string
	empty  bool
	tls    bool
}

func newSandbox(a *app) *cobra.Command {
	var o sandboxOptions
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run the embedded SQL Server-compatible server, with demo sites",
		Long: `Run the embedded SQL Server-compatible server until it is interrupted, with the
demo's sites, or those of -f FILE, made from the catalog and without permissions.
Nothing is kept when it stops. The password of sa comes from the environment
variable GRANTREE_SANDBOX_PASSWORD; without it one is made up and printed.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.sandbox(c.Context(), o) },
	}
	c.Flags().StringVarP(&o.file, "file", "f", "", "make this policy's sites instead of the demo's")
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:14333", "the address to listen on")
	c.Flags().BoolVar(&o.empty, "empty", false, "no sites, only the server")
	c.Flags().BoolVar(&o.tls, "tls", false, "offer encryption, with a self-signed certificate")
	return c
}

func (a *app) sandbox(ctx context.Context, o sandboxOptions) error {
	p, err := a.demoPolicy()
	if o.file != "" {
		p, err = a.policy(o.policyOptions, false)
	}
	if err != nil {
		return err
	}
	secret := a.env("GRANTREE_SANDBOX_PASSWORD")
	shown := "$GRANTREE_SANDBOX_PASSWORD"
	if secret == "" {
		if secret, err = mssql.GeneratePassword("sa"); err != nil {
			return err
		}
		shown = secret
	}
	s, err := sandbox.New(sandbox.Options{SAPassword: secret, TLS: o.tls, Entra: true, Log: a.warnf})
	if err != nil {
		return err
	}
	defer s.Close()
	if !o.empty {
		a.tells = sites.StageMaking
		end := a.begin(sites.StageMaking, len(p.Sites))
		err := a.makeSites(ctx, s, p, "", true)
		if end(); err != nil {
			return stoppedMaking(ctx, err)
		}
	}
	if err := s.Listen(o.listen); err != nil {
		return err
	}
	a.printHowToConnect(s, p, shown, o)
	<-ctx.Done()
	return nil
}

// printHowToConnect shows a line for each client that is known to work.
func (a *app) printHowToConnect(s *sandbox.Server, p *policy.Policy, secret string, o sandboxOptions) {
	addr := s.Addr().String()
	i := strings.LastIndexByte(addr, ':')
	to := listening{host: addr[:i], port: addr[i+1:], database: "master", tls: o.tls}
	a.printf("Listening on %s as sa, password %s. Stop it with Ctrl-C; nothing is kept.\n\n", addr, secret)
	if !o.empty {
		for i, site := range p.Sites {
			if i == 0 {
				to.database = site.Database
			}
			a.printf("  %-10s database %s\n", finding.Printable(site.Name), finding.Printable(site.Database))
		}
		a.printf("\n")
	}
	for _, l := range to.lines() {
		a.printf("  %-9s %s\n", l.client, l.line)
	}
	a.printf("  grantree  [server.main]\n            url = %q\n            user = \"sa\"\n            password_env = \"GRANTREE_SANDBOX_PASSWORD\"\n", sandboxURL(s))
}
