// Package tds is the wire: the Tabular Data Stream protocol, versions 7.1 to
// 7.4 and 8.0, as a SQL Server speaks it, with every message in both directions, and
// the server's side of a connection.
//
// Start with [Server], which accepts connections and negotiates encryption,
// login and packet sizes, and with [Handler], which is what a program
// implements to answer the requests. A response is built with a [Writer].
//
// One file holds one message, named as the protocol document names it: the
// struct, its decoder and its encoder, in that order. The same code is
// therefore server, test client and proxy. Decoders never panic and check every
// length before they allocate.
//
// The protocol is Microsoft's open specification MS-TDS
// (https://learn.microsoft.com/openspecs/windows_protocols/ms-tds); comments
// name its sections as "MS-TDS 2.2.6.5". Not supported, and refused: MARS,
// integrated and federated authentication, bulk load, table-valued, CLR and XML
// parameters, distributed transactions.
package tds
