package sandbox

import (
	"errors"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
)

// permit checks the accesses of a statement (C.1 to C.3). Of several denied objects the last one bound is named, with
// every permission it lacks, SELECT first (C.2).
func (x *run) permit(accesses []query.Access) error {
	var last relationKey // that was denied
	var selects, others []*serverError
	for _, a := range accesses {
		if k, ok := a.Relation.Key.(systemKey); ok {
			if err := x.check().Readable(k.view.CatalogView, k.database); err != nil {
				return err
			}
		}
		key, _ := a.Relation.Key.(relationKey)
		if !key.checked() {
			continue
		}
		err := x.permitOne(a, key)
		if err == nil {
			continue
		}
		if last != key {
			selects, others = nil, nil
		}
		last = key
		list := x.s.serverErrors(err)
		for _, e := range list {
			e.Line = int32(a.Line)
		}
		if a.Permission == "SELECT" {
			selects = append(selects, list...)
		} else {
			others = append(others, list...)
		}
	}
	if !last.checked() {
		return nil
	}
	return &failure{errors: append(selects, others...)}
}

// permitOne checks one access: the synonyms that led to the relation, then the relation, each through what came before.
func (x *run) permitOne(a query.Access, key relationKey) error {
	via := x.via()
	for _, v := range a.Via {
		if k, ok := v.Key.(relationKey); ok && k.checked() {
			via = append(via, k.refs()...)
		}
	}
	columns := a.Columns
	if a.NoColumn {
		columns = nil
	}
	for i, ref := range key.refs() {
		cols := columns
		if i < len(key.refs())-1 {
			cols = nil // a synonym has no columns
		}
		if err := x.check().Access(via, ref, a.Permission, cols); err != nil {
			return err
		}
		via = append(via, ref)
	}
	return nil
}

// reading calls do with a connection that sees the same committed version as the statement.
func (x *run) reading(accesses []query.Access, do func(query.Conn) error) error {
	s := x.s
	if s.tx.work != nil || s.inside || !storesRows(accesses) {
		return do(lazyConn{s})
	}
	if err := x.pin(); err != nil {
		return err
	}
	err := do(lazyConn{s})
	if end := s.sqlite("COMMIT"); err == nil {
		err = end
	}
	return err
}

// errMoved says that the committed version is not the one that the statement was bound to.
var errMoved = errors.New("the committed version has moved")

// pin starts a SQLite read transaction on the version that the statement sees.
func (x *run) pin() error {
	return x.s.srv.publication.Pin(func(current *security.Server) error {
		if current != x.state {
			return errMoved
		}
		if err := x.s.sqlite("BEGIN"); err != nil {
			return err
		}
		if _, err := x.s.storedRows("SELECT 1 FROM sqlite_schema LIMIT 1"); err != nil {
			return errors.Join(err, x.s.sqlite("ROLLBACK"))
		}
		return nil
	})
}

// storesRows reports whether any of the relations is a table of the store, or a function, which may read one.
func storesRows(accesses []query.Access) bool {
	for _, a := range accesses {
		key, _ := a.Relation.Key.(relationKey)
		if _, ok := a.Relation.Source.(*query.Table); (ok || a.Permission == "EXECUTE") && key.checked() {
			return true
		}
	}
	return false
}

// again calls do, and once more whenever the committed version moved between binding and reading.
func (x *run) again(do func() error) error {
	for {
		err := do()
		if err != errMoved {
			return err
		}
		x.renew()
	}
}
