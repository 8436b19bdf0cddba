import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * mongo-java-server for tests, in memory, until its standard input ends. It says that it is MongoDB 5.0, because the
 * driver talks to nothing older than 4.4, and remembers validators, which it does not enforce.
 */
public final class Start {
  private static final MongoVersion FIVE =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
          return 13;
        }
      };

  private static final class Backend extends MemoryBackend {
    private final Map<String, Object> validators = new ConcurrentHashMap<>();

    @Override
    public Document handleMessage(MongoMessage message) {
      Document command = message.getDocument();
      String database = command.get("$db") + ".";
      if (command.containsKey("create") && command.get("validator") != null)
        validators.put(database + command.get("create"), command.get("validator"));
      if (command.containsKey("collMod") && command.get("validator") != null) {
        validators.put(database + command.get("collMod"), command.get("validator"));
        return new Document("ok", 1.0);
      }
      if (command.containsKey("drop")) validators.remove(database + command.get("drop"));
      if (command.containsKey("dropDatabase"))
        validators.keySet().removeIf(name -> name.startsWith(database));
      Document reply = super.handleMessage(message);
      if (command.containsKey("listCollections")) addValidators(database, reply);
      return reply;
    }

    private void addValidators(String database, Document reply) {
      Document cursor = (Document) reply.get("cursor");
      for (Object each : (Iterable<?>) cursor.get("firstBatch")) {
        Document collection = (Document) each;
        Object validator = validators.get(database + collection.get("name"));
        if (validator != null) collection.put("options", new Document("validator", validator));
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    MongoServer server = new MongoServer(new Backend().version(FIVE));
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    System.out.println("listening");
    while (System.in.read() >= 0) {}
    server.shutdownNow();
    System.exit(0);
  }
}
