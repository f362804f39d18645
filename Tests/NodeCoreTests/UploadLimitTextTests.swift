import NodeCore
import Testing

@Suite("Upload limits as people write them")
struct UploadLimitTextTests {
    @Test(
        arguments: [
            ("500KB/s", 500_000), ("500kb", 500_000), ("2MiB/s", 2_097_152), ("1.5 MB/s", 1_500_000), ("1024", 1024),
            ("1GB/s", 1_000_000_000), ("4096B/s", 4096),
        ] as [(String, Int64)])
    func perSecond(_ text: String, _ bytes: Int64) throws {
        #expect(try UploadLimit(perSecond: text) == UploadLimit(bytesPerSecond: bytes))
    }

    @Test(arguments: [("20GB", 20_000_000_000), ("1TiB/day", 1_099_511_627_776)] as [(String, Int64)])
    func perDay(_ text: String, _ bytes: Int64) throws {
        #expect(try UploadLimit(perDay: text) == UploadLimit(bytesPerDay: bytes))
    }

    @Test(arguments: [
        "", "/s", "KB/s", "500 parsecs", "-5MB/s", "5MB/day", "1e3KB", "1..5MB", ".5MB", "５MB", "0x10MB", "5MB/s/s",
    ])
    func malformed(_ text: String) {
        #expect(throws: ByteAmountError.malformed(text, example: "500KB/s")) { try UploadLimit(perSecond: text) }
    }

    @Test(arguments: ["0", "1KB/s", "2TB/s", "99999999999999999999TB"])
    func outOfRange(_ text: String) {
        let error = #expect(throws: ByteAmountError.self) { try UploadLimit(perSecond: text) }
        #expect(error?.description == "\(text): it must be from 1024 to 1000000000000 bytes")
    }

    @Test func aDayOfAlmostNothing() {
        #expect(throws: ByteAmountError.outOfRange("5MB", least: 88_473_600, most: 86_400_000_000_000_000)) {
            try UploadLimit(perDay: "5MB")
        }
    }
}
