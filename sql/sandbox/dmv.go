package sandbox

import (
	"encoding/binary"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
)

// sessionViews are the views about sessions (E.2), whose rows are not the security state's.
func sessionViews() []security.CatalogView {
	return []security.CatalogView{
		{Schema: "sys", Name: "dm_exec_sessions", Columns: security.ColumnsOf("session_id smallint, login_time datetime, host_name nvarchar(128)?, program_name nvarchar(128)?, host_process_id int?, client_version int?, client_interface_name nvarchar(32)?, security_id varbinary(85), login_name nvarchar(128), nt_domain nvarchar(128)?, nt_user_name nvarchar(128)?, status nvarchar(30), context_info varbinary(128)?, cpu_time int, memory_usage int, total_scheduled_time int, total_elapsed_time int, endpoint_id int, last_request_start_time datetime, last_request_end_time datetime?, reads bigint, writes bigint, logical_reads bigint, is_user_process bit, text_size int, language nvarchar(128)?, date_format nvarchar(3)?, date_first smallint, quoted_identifier bit, arithabort bit, ansi_null_dflt_on bit, ansi_defaults bit, ansi_warnings bit, ansi_padding bit, ansi_nulls bit, concat_null_yields_null bit, transaction_isolation_level smallint, lock_timeout int, deadlock_priority int, row_count bigint, prev_error int, original_security_id varbinary(85), original_login_name nvarchar(128), last_successful_logon datetime?, last_unsuccessful_logon datetime?, unsuccessful_logons bigint?, group_id int, database_id smallint, authenticating_database_id int?, open_transaction_count int, page_server_reads bigint")},
		{Schema: "sys", Name: "dm_exec_connections", Columns: security.ColumnsOf("session_id int?, most_recent_session_id int?, connect_time datetime, net_transport nvarchar(40), protocol_type nvarchar(40)?, protocol_version int?, endpoint_id int?, encrypt_option nvarchar(40), auth_scheme nvarchar(40), node_affinity smallint, num_reads int?, num_writes int?, last_read datetime?, last_write datetime?, net_packet_size int?, client_net_address varchar(48)?, client_tcp_port int?, local_net_address varchar(48)?, local_tcp_port int?, connection_id uniqueidentifier, parent_connection_id uniqueidentifier?, most_recent_sql_handle varbinary(64)?")},
		{Schema: "sys", Name: "dm_tran_locks", Columns: security.ColumnsOf("resource_type nvarchar(60), resource_subtype nvarchar(60), resource_database_id int, resource_description nvarchar(256), resource_associated_entity_id bigint?, resource_lock_partition int, request_mode nvarchar(60), request_type nvarchar(60), request_status nvarchar(60), request_reference_count smallint, request_lifetime int, request_session_id int, request_exec_context_id int, request_request_id int, request_owner_type nvarchar(60), request_owner_id bigint?, request_owner_guid uniqueidentifier?, request_owner_lockspace_id nvarchar(32), lock_owner_address varbinary(8)")},
	}
}

// sessionRows are the rows of sessionViews by name.
var sessionRows = map[string]func(x *run) [][]any{
	"dm_exec_sessions":    execSessions,
	"dm_exec_connections": execConnections,
	"dm_tran_locks":       tranLocks,
}

// visibleSessions are all sessions for who may see the server's state, else the caller's own.
func (x *run) visibleSessions() []*session {
	if x.seesServer() {
		return x.s.srv.sortedSessions()
	}
	return []*session{x.s}
}

func (x *run) seesServer() bool { return x.check().Can(security.OnServer(), "VIEW SERVER STATE") }

// execSessions is sys.dm_exec_sessions. The server does not measure what a session costs.
func execSessions(x *run) [][]any {
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
func execConnections(x *run) [][]any {
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
			s.spid, s.spid, s.begun, "TCP", "TSQL", tdsVersion, 4, encrypt, "SQL", 0, nil, nil, read, wrote, s.conn.PacketSize(), client, clientPort, local, localPort,
			id, nil, nil,
		})
	}
	return rows
}

// tdsVersion is TDS 7.4, as protocol_version has it.
const tdsVersion = 0x74000004

// lockLetters are request_mode by the mode's name.
var lockLetters = []string{"IS", "S", "U", "IX", "X"}

// tranLocks is sys.dm_tran_locks, of application locks alone.
func tranLocks(x *run) [][]any {
	if !x.seesServer() {
		return nil
	}
	var rows [][]any
	for _, l := range x.s.srv.locks.List() {
		status, owner := "GRANT", "SESSION"
		if l.Waiting {
			status = "WAIT"
		}
		if l.Owner.Transaction {
			owner = "TRANSACTION"
		}
		rows = append(rows, []any{
			"APPLICATION", "", l.Key.Database, "0:[" + truncate(l.Key.Resource, 32) + "]", int64(0), 0, lockLetters[l.Mode], "LOCK", status, 1, 0, l.Owner.SPID, 0, 0,
			owner, int64(0), query.UUID{}, "", []byte{},
		})
	}
	return rows
}
