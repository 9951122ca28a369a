package sandbox

import (
	"grantree/sql/sandbox/internal/query"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// maxParameters is how many parameters one call may have, those of sp_executesql itself among them.
const maxParameters = 2100

// runRPC calls a procedure for a client: its statements end with DONEINPROC, then come the return status, the output
// values and DONEPROC.
func (s *session) runRPC(r *tds.RPC) {
	x := &run{s: s, vars: map[string]*variable{}, proc: true}
	x.renew()
	name := r.Name
	if name == "" {
		name = rpcNames[r.ProcID]
	}
	c := &call{x: x, name: name, line: 1}
	var outs []func() error
	for i := range r.Params {
		c.args = append(c.args, x.rpcArgument(i, r.Params[i], &outs))
	}
	rc, err := int32(0), error(refuse(8003))
	if len(r.Params) <= maxParameters {
		rc, _, err = x.callProcedure(procedureName(name), c)
	}
	if err != nil {
		f := s.fail(err, 1)
		if f.cancelled {
			return
		}
		if !f.sent {
			x.failed(f, tds.CommandExecute)
		}
		rc, outs = s.errno, nil
	}
	s.out.ReturnStatus(rc)
	for _, send := range outs {
		if err := send(); err != nil {
			s.srv.options.Log("session %d: output: %v", s.spid, err)
		}
	}
	s.out.DoneProc(tds.CommandExecute, -1, 0)
	s.endRequest()
}

// rpcArgument is a parameter as the procedures take it. What sends an output value goes to outs: it has the type that the
// client's has, as a variable of a caller keeps its own.
func (x *run) rpcArgument(i int, p tds.Parameter, outs *[]func() error) arg {
	a := arg{name: p.Name, typ: dataType(p.Type), value: plainValue(p.Value), missing: p.Default}
	if p.Output {
		a.set = func(value any, typ tsql.DataType) error {
			value, err := query.Convert(value, typ, a.typ, false)
			*outs = append(*outs, func() error { return x.s.out.ReturnValue(i, p.Name, wireType(a.typ, ""), wireValue(value)) })
			return err
		}
	}
	return a
}

// runTransaction is a transaction manager request (J.7).
func (s *session) runTransaction(r *tds.TransactionRequest) {
	cmd := uint16(tds.CommandBegin)
	var err error
	switch r.Kind {
	case tds.TransactionBegin:
		s.setIsolation(r.Isolation)
		s.begin(r.Name)
	case tds.TransactionCommit:
		cmd, err = tds.CommandCommit, s.commit()
	case tds.TransactionRollback:
		cmd, err = tds.CommandRollback, s.rollback(r.Name)
	case tds.TransactionSave:
		err = s.save(r.Name)
	}
	if err == nil && r.BeginNew {
		s.setIsolation(r.Isolation)
		s.begin(r.NewName)
	}
	if err != nil {
		f := s.fail(err, 0)
		if f.cancelled {
			return
		}
		for _, e := range f.errors {
			s.out.Error(e)
		}
		s.out.Done(cmd, -1, tds.DoneError)
		return
	}
	s.out.Done(cmd, -1, 0)
}

func (s *session) setIsolation(level byte) {
	if level != tds.IsolationCurrent {
		s.settings.isolation = level
	}
}
