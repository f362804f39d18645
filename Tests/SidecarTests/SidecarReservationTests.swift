import DevP2P
import Testing

@testable import Sidecar

@Suite("SidecarReservation")
struct SidecarReservationTests {
    @Test func itsTextIsRead() throws {
        let reservation = try #require(SidecarReservation("chat/12/4@/run/a@b/c.sock"))
        #expect(reservation.descriptor.name == CapabilityName("chat", version: 12))
        #expect(reservation.descriptor.messageCount == 4)
        #expect(reservation.path == "/run/a@b/c.sock")
    }

    @Test(arguments: [
        "", "chat", "chat/1@/x", "chat/1/0@/x", "chat/1/256@/x", "chat/-1/4@/x", "/1/4@/x", "ninechars/1/4@/x",
        "chat/1/4", "chat/1/4@", "chat/1/4/5@/x", "ch at/1/4@/x", "chät/1/4@/x",
    ])
    func otherTextIsNot(_ text: String) {
        #expect(SidecarReservation(text) == nil)
    }

    @Test func aPathThatNoSocketCanHaveIsNot() {
        #expect(SidecarReservation("chat/1/4@/" + String(repeating: "x", count: 102)) != nil)
        #expect(SidecarReservation("chat/1/4@/" + String(repeating: "x", count: 103)) == nil)
    }
}
