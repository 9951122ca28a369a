package sandbox

import (
	"context"
	"fmt"

	"grantree/sql/sandbox/internal/security"
)

// transaction is a session's transaction, or what a single statement outside of one needs to be all or nothing.
//
// Security state and rows change together. The server has one writer: the first writing statement takes the write lock,
// which the transaction keeps to its end; work is the version it writes on from then. Reads before that see the last
// committed version.
type transaction struct {
	count  int    // @@TRANCOUNT; 0 in autocommit mode
	id     uint64 // descriptor on the wire
	name   string // of the outermost BEGIN
	doomed bool   // XACT_STATE() = -1

	work   *security.Server      // nil until the write lock is held
	sqlite bool                  // a SQLite transaction is open
	temps  map[string]*tempTable // temporary tables as they were before; such a map never changes
	saves  []savepoint
	marks  int // SQLite savepoints made
}

// savepoint is a state of a transaction to go back to.
type savepoint struct {
	name   string
	work   *security.Server
	sqlite string // SQLite savepoint, empty when no SQLite transaction was open
	temps  map[string]*tempTable
}

// owner is who holds the locks of the transaction.
func (s *session) owner() lockOwner { return lockOwner{SPID: s.spid, Transaction: true} }

// begin is BEGIN TRANSACTION.
func (s *session) begin(name string) {
	s.tx.count++
	if s.tx.count > 1 {
		return
	}
	s.srv.mu.Lock()
	s.srv.tx++
	s.tx.id = s.srv.tx
	s.srv.mu.Unlock()
	s.tx.name = name
	s.out.TransactionBegun(s.tx.id)
}

// beginWrite takes the write lock and the version to write on, unless the transaction has them.
func (s *session) beginWrite() error {
	if s.tx.doomed {
		return refuse(3930)
	}
	if s.tx.work != nil {
		return nil
	}
	wait := s.lockRequest(lockKey{}, lockExclusive)
	if wait.Timeout < 0 { // on a server, two that write in different tables do not wait for one another
		wait.Timeout = s.srv.options.WriteWait
	}
	switch s.srv.locks.Acquire(s.request, wait) {
	case lockTimedOut:
		return refuse(1222)
	case lockCancelled:
		return context.Canceled
	case lockDeadlock:
		return s.deadlocked()
	}
	s.tx.work = s.srv.publication.Begin()
	s.tx.temps = s.temps
	if s.tx.work.Database(s.context.Database) == nil { // dropped while the session entered it
		s.rollbackAll()
		return refuse(911, "")
	}
	return nil
}

// lockRequest asks for a lock for the transaction, under the session's options.
func (s *session) lockRequest(key lockKey, mode lockMode) lockRequest {
	return lockRequest{Key: key, Owner: s.owner(), Mode: mode, Timeout: s.settings.lockTimeout, Priority: s.settings.deadlockPriority}
}

// beginRows opens the SQLite transaction, unless it is open. The write lock is held.
func (s *session) beginRows() error {
	if s.tx.sqlite {
		return nil
	}
	if err := s.sqlite("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	s.tx.sqlite = true
	return nil
}

// sqlite runs a statement that belongs to the machinery, which no client may interrupt.
func (s *session) sqlite(text string) error {
	conn, err := s.store()
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(context.Background(), text); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

// write runs one writing statement: it happens as a whole or not at all. In autocommit mode it is committed.
func (s *session) write(do func(*security.Server) error) error {
	if s.tx.count == 0 {
		return s.writeAlone(do)
	}
	if err := s.beginWrite(); err != nil {
		return err
	}
	before, err := s.mark("")
	if err != nil {
		return err
	}
	if err := do(s.tx.work); err != nil {
		if s.tx.work != nil { // not rolled back on the way
			s.restore(before)
		}
		return err
	}
	if before.sqlite != "" {
		return s.sqlite("RELEASE " + before.sqlite)
	}
	return nil
}

// writeAlone is write in autocommit mode.
func (s *session) writeAlone(do func(*security.Server) error) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	if err := do(s.tx.work); err != nil {
		s.rollbackAll()
		return err
	}
	return s.commitAll()
}

// mark notes the state of the transaction.
func (s *session) mark(name string) (savepoint, error) {
	p := savepoint{name: name, temps: s.temps}
	if s.tx.work != nil {
		p.work = s.tx.work
		s.tx.work = p.work.Begin()
	}
	if s.tx.sqlite {
		s.tx.marks++
		p.sqlite = fmt.Sprintf("mark%d", s.tx.marks)
		if err := s.sqlite("SAVEPOINT " + p.sqlite); err != nil {
			return p, err
		}
	}
	return p, nil
}

// restore goes back to a mark, which stays usable.
func (s *session) restore(p savepoint) {
	switch {
	case p.work != nil:
		s.tx.work = p.work.Begin()
	case s.tx.work != nil:
		s.tx.work = s.srv.publication.Begin()
	}
	s.temps = p.temps
	if err := s.restoreRows(p); err != nil {
		// SQLite has rolled its transaction back by itself, as it does for a change that is interrupted. What it held is
		// lost, so all of the transaction goes.
		s.tx.sqlite = false
		s.rollbackAll()
	}
}

// restoreRows takes SQLite back to a mark.
func (s *session) restoreRows(p savepoint) error {
	switch {
	case p.sqlite != "":
		return s.sqlite("ROLLBACK TO " + p.sqlite)
	case s.tx.sqlite:
		s.tx.sqlite = false
		if err := s.sqlite("ROLLBACK"); err != nil && s.request.Err() == nil {
			s.srv.options.Log("session %d: %v", s.spid, err)
		}
	}
	return nil
}

// commit is COMMIT TRANSACTION.
func (s *session) commit() error {
	switch {
	case s.tx.count == 0:
		return refuse(3902)
	case s.tx.count > 1:
		s.tx.count--
		return nil
	case s.tx.doomed:
		return refuse(3930)
	}
	s.closeCursors(false)
	return s.commitAll()
}

// commitAll makes what was written public and ends the transaction.
func (s *session) commitAll() error {
	if s.tx.work != nil {
		if s.srv.faults.commit(s.user, s.login.AppName) {
			return s.die()
		}
		err := s.srv.publication.Publish(s.tx.work, func() error {
			if s.tx.sqlite {
				return s.sqlite("COMMIT")
			}
			return nil
		})
		if err != nil {
			s.rollbackAll()
			return err
		}
	}
	s.endTransaction(s.out.TransactionCommitted)
	return nil
}

// rollbackAll ends the transaction, or the statement in autocommit mode, with nothing changed.
func (s *session) rollbackAll() {
	s.closeCursors(true)
	if s.tx.sqlite {
		if err := s.keepingTables(func() error { return s.sqlite("ROLLBACK") }); err != nil && s.request.Err() == nil {
			s.srv.options.Log("session %d: %v", s.spid, err)
		}
	}
	if s.tx.work != nil {
		s.srv.publication.Abandon()
		s.temps = s.tx.temps
	}
	s.endTransaction(s.out.TransactionRolledBack)
}

// endTransaction forgets the transaction, gives back its locks and tells the client.
func (s *session) endTransaction(tell func(uint64)) {
	id, open := s.tx.id, s.tx.count > 0
	if open || s.tx.work != nil {
		s.srv.locks.ReleaseAll(s.owner())
	}
	s.tx = transaction{}
	if open {
		tell(id)
	}
}

// rollback is ROLLBACK TRANSACTION: to a savepoint, or all of it.
func (s *session) rollback(name string) error {
	if s.tx.count == 0 {
		return refuse(3903)
	}
	if name != "" {
		for i := len(s.tx.saves) - 1; i >= 0; i-- {
			if s.tx.saves[i].name == name {
				return s.rollbackTo(i)
			}
		}
		if name != s.tx.name {
			return refuse(6401, name)
		}
	}
	s.rollbackAll()
	return nil
}

func (s *session) rollbackTo(i int) error {
	if s.tx.doomed {
		return refuse(3931)
	}
	s.tx.saves = s.tx.saves[:i+1]
	return s.keepingTables(func() error {
		s.restore(s.tx.saves[i])
		return nil
	})
}

// save is SAVE TRANSACTION.
func (s *session) save(name string) error {
	switch {
	case s.tx.count == 0:
		return refuse(628)
	case s.tx.doomed:
		return refuse(3930)
	}
	p, err := s.mark(name)
	if err != nil {
		return err
	}
	s.tx.saves = append(s.tx.saves, p)
	return nil
}

// deadlocked rolls the transaction back and returns 1205.
func (s *session) deadlocked() error {
	s.rollbackAll()
	return refuse(1205, s.spid)
}

// die drops the connection.
func (s *session) die() error {
	s.rollbackAll()
	s.kill()
	return context.Canceled
}
