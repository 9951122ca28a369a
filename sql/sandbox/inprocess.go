package sandbox

import (
	"context"
	"fmt"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// Exec runs a script, with its GO lines, as sa inside the process, starting in a database. It stops at the first error,
// which names the batch's line in the script and the line in the batch. Rows and messages are dropped.
func (s *Server) Exec(ctx context.Context, database, script string) error {
	batches, err := tsql.SplitScript(script)
	if err != nil {
		return fmt.Errorf("script: %w", err)
	}
	n, err := s.internal(database)
	if err != nil {
		return err
	}
	defer n.Close()
	for _, b := range batches {
		for range max(b.Count, 1) {
			if err := n.exec(ctx, b.Text); err != nil {
				return fmt.Errorf("batch at line %d: %w", b.Line, err)
			}
		}
	}
	return nil
}

// exec runs one batch and returns its errors.
func (s *session) exec(ctx context.Context, text string) error {
	c := &silence{}
	s.serve(ctx, c, func() { s.runBatch(text) })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(c.errors) > 0:
		return fmt.Errorf("line %d: %w", c.errors[0].Line, c.errors)
	}
	return nil
}

// internal makes a session of sa without a connection.
func (s *Server) internal(database string) (*session, error) {
	if database == "" {
		database = "master"
	}
	st := s.publication.Current()
	entered, err := st.Enter(st.Session(security.LoginSA, s.now()), database)
	if err != nil {
		return nil, err
	}
	sa := st.Login(security.LoginSA)
	return s.newSession(nil, tds.Login{AppName: "grantree sandbox", UserName: sa.Name}, sa.Name, entered), nil
}
