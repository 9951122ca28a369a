package sandbox

import (
	"encoding/binary"
	"net"
	"strconv"
	"strings"

	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// sessionFunctions tell about the session, its transaction and the error in CATCH.
var sessionFunctions = map[string]function{
	"xact_state": {0, 0, typeSmallInt, nil, func(f *asked, args []any) (any, error) {
		switch tx := f.x.s.tx; {
		case tx.count == 0:
			return int64(0), nil
		case tx.doomed:
			return int64(-1), nil
		}
		return int64(1), nil
	}},
	"cursor_status": {2, 2, typeSmallInt, words(2), cursorStatus},

	"error_number":   {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.Number) })},
	"error_severity": {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.Class) })},
	"error_state":    {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.State) })},
	"error_line":     {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.Line) })},
	"error_message":  {0, 0, typeText, nil, caught(func(e *tds.ServerError) any { return e.Message })},
	"error_procedure": {0, 0, typeSysname, nil, caught(func(e *tds.ServerError) any {
		if e.Procedure == "" {
			return nil
		}
		return e.Procedure
	})},
	"host_name":   {0, 0, typeSysname, nil, func(f *asked, args []any) (any, error) { return f.x.s.login.HostName, nil }},
	"host_id":     {0, 0, tsql.DataType{Name: "char", Length: 10}, nil, func(f *asked, args []any) (any, error) { return strconv.Itoa(f.x.s.login.PID), nil }},
	"app_name":    {0, 0, typeSysname, nil, func(f *asked, args []any) (any, error) { return f.x.s.login.AppName, nil }},
	"getansinull": {0, 1, typeInt, words(1), func(f *asked, args []any) (any, error) { return int64(1), nil }},
	"scope_identity": {0, 0, tsql.DataType{Name: "numeric", Precision: 38}, nil, func(f *asked, args []any) (any, error) {
		return decimalOf(f.x.s.scopeID), nil
	}},
	"min_active_rowversion": {0, 0, tsql.DataType{Name: "binary", Length: 8}, nil, func(f *asked, args []any) (any, error) {
		return binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(f.x.s.srv.versions.at(f.context.Database, 0))+1), nil
	}},
	"rowcount_big": {0, 0, typeBigInt, nil, func(f *asked, args []any) (any, error) { return f.x.s.rowCount, nil }},
}

// caught is a function of the error that CATCH is about; NULL outside of CATCH.
func caught(of func(*tds.ServerError) any) func(*asked, []any) (any, error) {
	return func(f *asked, args []any) (any, error) {
		if e := f.x.s.caughtError(); e != nil {
			return of(e), nil
		}
		return nil, nil
	}
}

// global is @@name.
func (x *run) global(name string) (any, tsql.DataType, bool) {
	s := x.s
	switch strings.ToLower(name) {
	case "@@error":
		return int64(s.errno), typeInt, true
	case "@@rowcount":
		return s.rowCount, typeInt, true
	case "@@fetch_status":
		return s.fetchStatus, typeInt, true
	case "@@cursor_rows":
		return s.cursorRows, typeInt, true
	case "@@trancount":
		return int64(s.tx.count), typeInt, true
	case "@@spid":
		return int64(s.spid), typeSmallInt, true
	case "@@nestlevel":
		return int64(s.depth), typeInt, true
	case "@@procid":
		return int64(0), typeInt, true
	case "@@identity":
		return decimalOf(s.identity), tsql.DataType{Name: "numeric", Precision: 38}, true
	case "@@lock_timeout":
		return s.settings.lockTimeoutMillis(), typeInt, true
	case "@@options":
		return int64(s.settings.options), typeInt, true
	case "@@datefirst":
		return int64(s.settings.dateFirst), typeTinyInt, true
	case "@@dbts":
		return s.srv.versions.at(s.context.Database, 0), tsql.DataType{Name: "varbinary", Length: 8}, true
	case "@@textsize":
		return int64(s.settings.textSize), typeInt, true
	case "@@language":
		return s.settings.language, typeSysname, true
	case "@@langid":
		return int64(0), typeSmallInt, true
	}
	return x.serverGlobal(strings.ToLower(name))
}

// serverGlobal is the @@name of something that is the same for all sessions.
func (x *run) serverGlobal(name string) (any, tsql.DataType, bool) {
	switch name {
	case "@@version":
		return versionText, tsql.DataType{Name: "nvarchar", Length: 300}, true
	case "@@servername":
		return x.s.srv.options.Name, typeSysname, true
	case "@@servicename":
		return "MSSQLSERVER", typeSysname, true
	case "@@max_precision":
		return int64(38), typeTinyInt, true
	case "@@max_connections":
		return int64(maxConnections), typeInt, true
	case "@@microsoftversion":
		return int64(16<<24 | 4135), typeInt, true
	}
	return nil, tsql.DataType{}, false
}

// splitAddress takes a network address apart.
func splitAddress(a net.Addr) (host string, port int) {
	h, p, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String(), 0
	}
	port, _ = strconv.Atoi(p)
	return h, port
}
