package tds

import (
	"context"
	"testing"
)

// refuser is a session that cannot be reset, as one that stands under EXECUTE AS.
type refuser struct{ *echoSession }

func (r refuser) Reset(_ context.Context, _ bool, w *Writer) {
	w.Fatal(&ServerError{Number: 18059, Class: 20, State: 1, Message: "no"})
}

// refusers logs everybody in as a refuser.
type refusers struct{ echo }

func (h *refusers) Login(ctx context.Context, c *Conn, l *Login) (Session, LoginReply, error) {
	s, reply, err := h.echo.Login(ctx, c, l)
	if err != nil {
		return nil, reply, err
	}
	return refuser{s.(*echoSession)}, reply, nil
}

// TestRefusedReset: the request that asked for a reset which failed is not run, and the connection ends.
func TestRefusedReset(t *testing.T) {
	c := loggedIn(t, serve(t, &Server{Handler: &refusers{}}), Version74)
	same(t, []Token{
		EnvChange{Type: EnvReset}, &ServerError{Number: 18059, Class: 20, State: 1, Message: "no", Server: "ECHO"}, Done{Kind: DoneStatement, Status: DoneError | DoneServerError},
	}, c.batch("rows 1", statusReset))
	c.closed()
}
