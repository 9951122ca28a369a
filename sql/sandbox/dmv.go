package sandbox

import (
	"encoding/binary"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
)

// sessionRows are the rows of the views about sessions (E.2), which are not the security state's, by name.
var sessionRows = map[string]func(x *run, database int) [][]any{
	"sys.dm_exec_sessions":    execSessions,
	"sys.dm_exec_connections": execConnections,
	"sys.dm_tran_locks":       tranLocks,
}

// visibleSessions are all sessions for who may see the server's state, else the caller's own.
func (x *run) visibleSessions() []*session {
	if x.check().Can(security.OnServer(), "VIEW SERVER PERFORMANCE STATE") {
		return x.s.srv.sortedSessions()
	}
	return []*session{x.s}
}

// execSessions is sys.dm_exec_sessions. The server does not measure what a session costs.
func execSessions(x *run, _ int) [][]any {
	var rows [][]any
	for _, s := range x.visibleSessions() {
		s.mu.Lock()
		if s == x.s {
			s.describe()
		}
		st := s.status
		s.mu.Unlock()
		status := "sleeping"
		if st.Running {
			status = "running"
		}
		l := s.login
		set := st.Settings
		rows = append(rows, []any{
			s.spid, s.begun, l.HostName, l.AppName, l.PID, 7, l.ClientInterface, st.SID, st.LoginName, "", "", status, []byte(set.contextInfo),
			0, 2, 0, 0, 4, st.RequestStart, st.RequestEnd, int64(0), int64(0), int64(0), true,
			set.textSize, set.language, set.dateFormat, set.dateFirst, set.on(optQuotedIdentifier), set.on(optArithAbort), set.on(optAnsiNullDefaultOn),
			set.options&ansiDefaults == ansiDefaults, set.on(optAnsiWarnings), set.on(optAnsiPadding), set.on(optAnsiNulls), set.on(optConcatNull),
			int(set.isolation), int(set.lockTimeoutMillis()), set.deadlockPriority, st.RowCount, int(st.Errno), s.sid, s.user,
			nil, nil, nil, 2, st.Database, 0, st.Open, int64(0),
		})
	}
	return rows
}

// execConnections is sys.dm_exec_connections.
func execConnections(x *run, _ int) [][]any {
	var rows [][]any
	for _, s := range x.visibleSessions() {
		if s.conn == nil {
			continue
		}
		encrypt := "FALSE"
		if s.conn.Encrypted() {
			encrypt = "TRUE"
		}
		client, clientPort := splitAddress(s.conn.RemoteAddr())
		local, localPort := splitAddress(s.conn.LocalAddr())
		s.mu.Lock()
		read, wrote := s.status.RequestStart, s.status.RequestEnd
		s.mu.Unlock()
		var id query.UUID
		binary.BigEndian.PutUint64(id[:], uint64(s.begun.UnixNano()))
		binary.BigEndian.PutUint64(id[8:], uint64(s.spid))
		rows = append(rows, []any{
			s.spid, s.spid, s.begun, "TCP", "TSQL", encrypt, "SQL", read, wrote, s.conn.PacketSize(), client, clientPort, local, localPort, id,
		})
	}
	return rows
}

// tdsVersion is TDS 7.4, as protocol_version has it.
const tdsVersion = 0x74000004

// lockLetters are request_mode by the mode's name.
var lockLetters = []string{"IS", "S", "U", "IX", "X"}

// tranLocks is sys.dm_tran_locks, of application locks alone.
func tranLocks(x *run, _ int) [][]any {
	var rows [][]any
	for _, l := range x.s.srv.locks.List() {
		status, owner := "GRANT", "SESSION"
		if l.Waiting {
			status = "WAIT"
		}
		if l.Owner.Transaction {
			owner = "TRANSACTION"
		}
		rows = append(rows, []any{"APPLICATION", l.Key.Database, "0:[" + truncate(l.Key.Resource, 32) + "]", lockLetters[l.Mode], "LOCK", status, l.Owner.SPID, owner})
	}
	return rows
}
