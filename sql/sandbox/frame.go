package sandbox

import (
	"bytes"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// frame is what EXECUTE AS put aside. Context is the one to go back to; Database is where the EXECUTE AS stood.
type frame struct {
	context  *security.Context
	database int
	noRevert bool
	cookie   []byte // what REVERT must show, nil for none
}

// executeAs pushes another context on the stack (C.6).
func (x *run) executeAs(st *tsql.ExecuteAs) error {
	s := x.s
	if st.Kind == "CALLER" {
		next := s.context
		if x.module != nil {
			next = x.module.caller
		}
		s.push(frame{context: s.context, database: s.context.Database}, next)
		return nil
	}
	name, err := x.text(st.Name)
	if err != nil {
		return err
	}
	next, err := s.impersonate(st.Kind, name)
	if err != nil {
		return err
	}
	f := frame{context: s.context, database: s.context.Database, noRevert: st.NoRevert}
	if st.Cookie != "" {
		f.cookie = make([]byte, 100)
		if err := s.srv.random(f.cookie); err != nil {
			return err
		}
		if err := x.assign(st.Cookie, f.cookie, tsql.DataType{Name: "varbinary", Length: 8000}); err != nil {
			return err
		}
	}
	s.push(f, next)
	return nil
}

// impersonate makes the context of a login or a user.
func (s *session) impersonate(kind, name string) (*security.Context, error) {
	if kind == "LOGIN" {
		return s.state().ExecuteAsLogin(s.at(), name)
	}
	return s.state().ExecuteAsUser(s.at(), name)
}

func (s *session) push(f frame, next *security.Context) {
	s.frames = append(s.frames, f)
	c := *next
	s.context = &c
}

// revert goes back one frame. Without a frame of this text it does nothing, as measured on a real server.
func (x *run) revert(st *tsql.Revert) error {
	s := x.s
	var cookie []byte
	if st.Cookie != nil {
		v, _, err := x.eval(st.Cookie)
		if err != nil {
			return err
		}
		cookie, _ = v.([]byte)
	}
	if len(s.frames) <= x.frames {
		return nil
	}
	top := s.frames[len(s.frames)-1]
	switch {
	case top.noRevert:
		return refuse(15196)
	case !bytes.Equal(top.cookie, cookie):
		return refuse(15591)
	case top.database != s.context.Database:
		return refuse(15199)
	}
	s.pop()
	return nil
}

// pop goes back one frame without asking. The current database stays.
func (s *session) pop() {
	top := s.frames[len(s.frames)-1]
	s.frames = s.frames[:len(s.frames)-1]
	s.context = top.context
}

// unwind goes back to where a text began: its EXECUTE AS, USE and SET are undone when it returns (D.7), but for CONTEXT_INFO:
// "the new value set for the context information persists".
func (s *session) unwind(frames int, context *security.Context, kept settings) {
	from := s.databaseName()
	s.frames = s.frames[:frames]
	kept.contextInfo = s.settings.contextInfo
	s.context, s.settings = context, kept
	if to := s.databaseName(); to != from {
		s.out.DatabaseChanged(to, from)
	}
}

// use is USE: the current context enters another database.
func (x *run) use(st *tsql.Use) error {
	s := x.s
	from := s.databaseName()
	next, err := s.state().Enter(s.at(), st.Database.Value)
	if err == nil {
		err = s.srv.alone(s.state(), next.Database, s)
	}
	if err != nil {
		return err
	}
	s.context = next
	s.mu.Lock()
	s.describe()
	s.mu.Unlock()
	s.out.DatabaseChanged(s.databaseName(), from)
	return nil
}
